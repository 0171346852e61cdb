// How a process that has just begun comes to know what the others know: from the process before, else from another machine; where one
// knows only a part, from the next. Until then it says of itself that it knows a part.
using System;
using Baton.Engine.Peers.Wire;

namespace Baton.Engine.Peers;

/// <summary>OWNER: the section's worker.</summary>
internal sealed class Resync(PeersState section)
{
    /// <summary>COMPAT: so long somebody is waited for (ms).</summary>
    private const int WaitMs = 5000;

    public ResyncPhase Phase { get; private set; } = ResyncPhase.FromRemote;
    public bool IsDone => Phase == ResyncPhase.Done;

    /// <summary>When the wait is over.</summary>
    public long DeadlineMs { get; private set; } = PeerState.Never;

    /// <summary>Whom it has been asked of.</summary>
    public PeerState? Teacher { get; private set; }

    public void Begin(ResyncPhase phase)
    {
        Phase = phase;
        Teacher = null;
        DeadlineMs = phase == ResyncPhase.Done ? PeerState.Never : section.Worker.NowMs + WaitMs;
    }

    /// <summary>A session with a peer has begun: it may know.</summary>
    public void Begun(PeerState peer)
    {
        if (Phase == ResyncPhase.FromRemote && Teacher is null)
            Ask(peer);
    }

    private void Ask(PeerState peer)
    {
        if (peer.Config.IsLocal || peer.LacksKnowledge || !peer.IsEstablished)
            return;
        Teacher = peer;
        DeadlineMs = section.Worker.NowMs + WaitMs;
        peer.Teller.Say(MessageClass.Control, MessageType.ResyncRequest);
        peer.Connection!.Wake();
    }

    /// <summary>Any of those who may know and have not been asked.</summary>
    private void AskAnother()
    {
        Teacher = null;
        DeadlineMs = section.Worker.NowMs + WaitMs;
        int from = Random.Shared.Next(Math.Max(1, section.Peers.Length));
        for (int i = 0; i < section.Peers.Length && Teacher is null; i++)
            Ask(section.Peers[(from + i) % section.Peers.Length]);
    }

    /// <summary>Who was asked goes on telling: there is no hurry.</summary>
    public void Progress(PeerState peer)
    {
        if (!IsDone && (peer == Teacher || peer.Config.IsLocal))
            DeadlineMs = section.Worker.NowMs + WaitMs;
    }

    /// <summary>A peer has told what it knows.</summary>
    public void Taught(PeerState peer, bool isAll)
    {
        if (IsDone)
            return;
        if (isAll && (peer == Teacher || peer.Config.IsLocal))
        {
            Phase = ResyncPhase.Done;
            Teacher = null;
            DeadlineMs = PeerState.Never;
            return;
        }
        if (peer.Config.IsLocal)
            DeadlineMs = section.Worker.NowMs + WaitMs;
        else
            peer.LacksKnowledge = true;
        if (peer == Teacher)
            AskAnother();
    }

    /// <summary>A session has ended.</summary>
    public void Ended(PeerState peer)
    {
        if (!IsDone && peer == Teacher)
            AskAnother();
    }

    /// <summary>The wait may be over.</summary>
    public void OnTime(long nowMs)
    {
        if (nowMs < DeadlineMs)
            return;
        if (Phase == ResyncPhase.FromLocal)
        {
            Phase = ResyncPhase.FromRemote;
            AskAnother();
            return;
        }
        // COMPAT: who finds nobody that knows more takes what it has for all
        Phase = ResyncPhase.Done;
        Teacher = null;
        DeadlineMs = PeerState.Never;
    }
}
