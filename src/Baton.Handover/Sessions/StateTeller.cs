// What the leaving process tells of its state. What is set (by operators, by rules) is told before the switch and once more at it,
// as far as it has changed meanwhile; with that the leaving process has given up its say, and nothing here can tell more of it.
// What has been counted is told again and again.
using System;
using System.Collections.Generic;
using Baton.Core.Frames;
using Baton.Engine;
using Baton.Engine.Handover;
using Baton.Handover.Protocol;
using Baton.Interop.Linux;

namespace Baton.Handover.Sessions;

/// <summary>OWNER: the conversation's thread.</summary>
internal sealed class StateTeller(EngineState engine, FrameChannel channel, HandoverHello next)
{
    private readonly FrameWriter _writer = new();
    private readonly List<IAdditiveParticipant> _counts = Participants.Additive();

    /// <summary>Null once authority has passed.</summary>
    private List<IAuthoritativeParticipant>? _authority = Participants.Authoritative();

    /// <summary>In front of all that is counted: what the counts may be of.</summary>
    public bool TellFirst() => Tell(_authority?.FindAll(static p => p.ComesFirst));

    /// <summary>Before the switch: everything that is set.</summary>
    public bool TellAuthority() => Tell(_authority);

    /// <summary>At the switch, when nobody can connect here to set anything any more: what has changed since. Says that it was the
    /// last.</summary>
    public bool PassAuthority()
    {
        bool told = Tell(_authority) && channel.Send(FrameType.StateEnd);
        GiveUpAuthority();
        return told;
    }

    /// <summary>The conversation is over.</summary>
    public void End()
    {
        GiveUpAuthority();
        _counts.ForEach(static p => p.End());
    }

    /// <summary>Nothing more will be told of what is set.</summary>
    public void GiveUpAuthority()
    {
        _authority?.ForEach(static p => p.End());
        _authority = null;
    }

    public bool TellCounts() => Tell(_counts);

    /// <summary>Gives the memory of the tables that the other side has named, in front of everything else.</summary>
    public bool GiveTables(ReadOnlySpan<byte> wanted)
    {
        if (_counts.Find(static p => p is StickTableParticipant) is not StickTableParticipant tables)
            return true;
        return tables.Share(engine, wanted, Give);
    }

    private bool Give(FrameWriter image, int[] descriptors)
    {
        bool sent = channel.Send(FrameType.Table, image.Written, descriptors);
        Files.close(descriptors[1]);
        return sent;
    }

    /// <summary>Only what others wait for.</summary>
    public bool TellSlots() => Tell(_counts.FindAll(static p => p is Engine.Servers.SlotParticipant));

    private bool Tell(IReadOnlyList<IHandoverParticipant>? participants)
    {
        foreach (IHandoverParticipant participant in participants ?? [])
            if (IsUnderstood(participant) && !Tell(participant))
                return false;
        return true;
    }

    private bool IsUnderstood(IHandoverParticipant mine) =>
        next.Participants.TryGetValue(mine.Name, out int understood) && mine.Version <= understood;

    /// <summary>Piece by piece; a slow reader makes this thread wait, and nobody else.</summary>
    private bool Tell(IHandoverParticipant participant)
    {
        int room = next.Version >= HandoverProtocol.SwitchVersion ? HandoverProtocol.PieceBytes : HandoverProtocol.LargePieceBytes;
        participant.Begin(engine);
        while (true)
        {
            _writer.Clear();
            _writer.Text(participant.Name);
            _writer.UInt16(participant.Version);
            int body = _writer.BeginRecord();
            if (!participant.WriteNext(engine, _writer, room))
                return true;
            _writer.EndRecord(body);
            bool sent = channel.Send(FrameType.State, _writer.Written);
            _writer.Clear();
            if (!sent)
                return false;
        }
    }
}
