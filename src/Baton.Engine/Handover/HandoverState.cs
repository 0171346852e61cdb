// The engine while another process takes over: accepting has stopped, the sockets are still held, connections leave as
// soon as they can. If the other process dies within the probation, everything goes on here.
using System.Collections.Generic;
using System.Threading;
using Baton.Engine.Listeners;
using Baton.Engine.Loop;
using Baton.Engine.Peers;
using Baton.Engine.Proxies;
using Baton.Interop.Linux;

namespace Baton.Engine.Handover;

/// <summary>One a process. What it says is read by any thread; what changes it is called by the threads of the handover.</summary>
public sealed class HandoverState(EngineState engine)
{
    private int _departureSignal = -1;
    private volatile bool _isUnderWay,
        _collectsIdle;

    /// <summary>Another process is taking over.</summary>
    public bool IsUnderWay => _isUnderWay;

    /// <summary>Connections that become idle leave for the next process instead of waiting here.</summary>
    public bool CollectsIdle => _collectsIdle;

    /// <summary>The next process is slow to answer: while it is, nothing is kept back for it.</summary>
    public void CollectIdle(bool collect)
    {
        _collectsIdle = collect;
        if (!collect)
            engine.OnEachWorkerAndWait(static w => w.ThawHeld(refused: false));
    }

    /// <summary>The process that takes over has proved itself: this one does not serve again.</summary>
    public bool ProbationOver { get; private set; }

    /// <summary>Set by the program: another process has begun to take over (true), or did not come to an end with it, and this one accepts
    /// again (false).</summary>
    public System.Action<bool>? Changed { get; set; }

    /// <summary>The bulk of the connections is on its way, out or in.</summary>
    public bool ConnectionsMove { get; set; }

    /// <summary>The conversation has come to its end: what may be left is finished here.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>
    /// The process before has not said the last of what is set there: nobody is let in to set anything here, so that at any moment
    /// one process decides. Connections to the stats sockets wait in their queues.
    /// </summary>
    public bool AwaitsAuthority { get; set; }

    /// <summary>From now on what is set is set here.</summary>
    public void TakeAuthority()
    {
        if (!AwaitsAuthority)
            return;
        AwaitsAuthority = false;
        engine.OnEachWorker(static w =>
        {
            foreach (Acceptor a in w.Acceptors)
                if (a.Listener.Target is not FrontendState && a.Listener.Accepting)
                    a.Start();
            if (w.Index == 0)
            {
                PeersStart.Begin(w.Engine);
                Mails.MailsStart.Begin(w.Engine);
            }
        });
    }

    /// <summary>Counts the attempts: a connection the next process refused is not offered to it twice.</summary>
    public int Number { get; private set; }

    /// <summary>The next process understands connections with layers between socket and stream (docs/handover-protocol.md).</summary>
    public bool NextReadsLayers { get; set; }

    /// <summary>It takes tunnels within a client's connection, and servers' connections in HTTP/2, at any octet.</summary>
    public bool NextTakesStreams { get; set; }

    /// <summary>It takes servers' connections in HTTP/2 whose streams are tunnels, with their clients.</summary>
    public bool NextTakesServerStreams { get; set; }

    /// <summary>Set by the program: this process ends because it was told to; the one before it, if it still stands by, must not serve
    /// again.</summary>
    public System.Action? Retiring { get; set; }

    /// <summary>Ends the handover and with it, soon, this process.</summary>
    public void End()
    {
        HasEnded = true;
        Leaving?.Invoke();
    }

    /// <summary>Set by the program: begins the end of this process once it has nothing to do (the same as SIGUSR1).</summary>
    public System.Action? Leaving { get; set; }

    /// <summary>Readable when a connection waits to be collected.</summary>
    public int DepartureEvents => _departureSignal;

    internal void SignalDeparture() => Epoll.Signal(_departureSignal);

    /// <summary>Processes before this one hold slots of servers with a limit.</summary>
    public bool OthersHoldSlots
    {
        get
        {
            foreach (BackendState b in engine.Backends)
            foreach (Servers.ServerState s in b.Servers)
                if (Volatile.Read(ref s.HeldElsewhere) > 0)
                    return true;
            return false;
        }
    }

    /// <summary>This process is leaving and was asked on a socket for what it has: another one may listen there too, and is asked
    /// next.</summary>
    public void StepBack(ListenerState listener) =>
        engine.OnEachWorker(w =>
        {
            foreach (Acceptor a in w.Acceptors)
                if (a.Listener == listener)
                    a.StepBack();
        });

    private int _slotNews;

    /// <summary>A limited server has a free slot more: the next process is to know at once.</summary>
    internal void NoteSlots()
    {
        Volatile.Write(ref _slotNews, 1);
        SignalDeparture();
    }

    /// <summary>True once after that.</summary>
    public bool TakeSlotNews() => Interlocked.Exchange(ref _slotNews, 0) != 0;

    /// <summary>
    /// Stops accepting on every listening socket whose cookie is among <paramref name="served"/>; the others are not known
    /// to the next process and go on until the probation is over.
    /// </summary>
    public void Begin(HashSet<ulong> served)
    {
        if (_departureSignal < 0)
            _departureSignal = Epoll.eventfd(0, Files.O_NONBLOCK | Files.O_CLOEXEC);
        Number++;
        foreach (BackendState b in engine.Backends)
        foreach (Servers.ServerState s in b.Servers)
            s.ResetMovedIdle();
        foreach (ListenerState l in engine.Listeners)
        {
            bool taken = l.Descriptors.Length > 0;
            foreach (int fd in l.Descriptors)
                taken &= served.Contains(SocketNames.Cookie(fd));
            l.TakenOver = !l.IsMasterLink && (taken || l.InheritedDescriptor >= 0);
        }
        ProbationOver = false;
        _isUnderWay = _collectsIdle = ConnectionsMove = true;
        PeersStart.StepAside(engine, back: false);
        Changed?.Invoke(true);
        engine.OnEachAcceptorAndWait(static a =>
        {
            if (a.Listener.TakenOver)
                a.Pause();
        });
    }

    /// <summary>The next process has proved itself: close our copies of the sockets, drain those it does not have.</summary>
    public void EndProbation()
    {
        ProbationOver = true;
        List<FrontendState> stopped = engine.Frontends.FindAll(static f => f.Status != ProxyStatus.Stopped);
        foreach (FrontendState f in engine.Frontends)
            f.Status = ProxyStatus.Stopped;
        foreach (ListenerState l in engine.Listeners)
            l.Accepting = l.IsMasterLink;
        engine.OnEachWorkerAndWait(static w => w.PausedAcceptors.Clear());
        engine.OnEachAcceptorAndWait(static a =>
        {
            if (a.Listener.IsMasterLink)
                return;
            if (a.Listener.TakenOver)
                a.Close();
            else
                a.DrainAndClose();
        });
        engine.OnEachWorkerAndWait(static w =>
        {
            w.PausedAcceptors.Clear();
            w.Acceptors.RemoveAll(static a => !a.Listener.IsMasterLink);
            w.EachClient(static c => c.OnProbationOver());
        });
        foreach (ListenerState l in engine.Listeners)
        {
            if (l.IsMasterLink)
                continue;
            l.CloseSockets();
        }
        engine.Notices.AllStopped(stopped);
    }

    /// <summary>This process accepts in place of the next one just now.</summary>
    internal bool StandsIn { get; private set; }

    /// <summary>The next process does not answer just now: accept for it, and step aside again when it does. Both may accept at a time.
    /// Operators wait: what they set is set there.</summary>
    public void StandIn(bool accept)
    {
        StandsIn = accept;
        engine.OnEachWorkerAndWait(w =>
        {
            foreach (Acceptor a in w.Acceptors)
                if (a.Listener is { TakenOver: true, Accepting: true, Target: FrontendState })
                {
                    if (accept)
                        a.Start();
                    else
                        a.Pause();
                }
            if (!accept)
                w.PausedAcceptors.RemoveAll(static a => a.Listener.TakenOver);
        });
    }

    /// <summary>The next process is gone. True when this one accepts again; false when the probation was over, and what is left is finished
    /// here.</summary>
    public void Resume(bool accept)
    {
        _isUnderWay = _collectsIdle = ConnectionsMove = false;
        engine.OnEachWorkerAndWait(static w => w.ThawHeld(refused: true));
        if (accept)
            engine.OnEachAcceptorAndWait(static a =>
            {
                if (a.Listener.TakenOver && a.Listener.Accepting)
                    a.Start();
            });
        foreach (ListenerState l in engine.Listeners)
            l.TakenOver = false;
        StandsIn = false;
        if (accept)
        {
            PeersStart.StepAside(engine, back: true);
            Mails.MailsStart.Resume(engine);
        }
        if (accept)
            Changed?.Invoke(false);
    }
}
