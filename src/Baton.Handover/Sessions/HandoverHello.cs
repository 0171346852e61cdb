// Hello: version, oldest version understood, pid, participants with their versions, pids of the processes it came after, abilities.
using System;
using System.Collections.Generic;
using Baton.Core.Frames;
using Baton.Engine.Handover;
using Baton.Handover.Protocol;
using Baton.Interop.Linux;

namespace Baton.Handover.Sessions;

internal sealed class HandoverHello
{
    public int Pid { get; private init; }
    public int Version { get; private init; }
    public bool SpeaksOurs { get; private init; }

    /// <summary>It answers Ping. False for a build that does not know it.</summary>
    public bool AnswersPing { get; private set; }

    /// <summary>It understands connections with layers between socket and stream.</summary>
    public bool ReadsLayers { get; private set; }

    /// <summary>It takes the connections of each worker on a socket of their own.</summary>
    public bool TakesLanes { get; private set; }

    /// <summary>It takes tunnels within a client's connection, and servers' connections in HTTP/2.</summary>
    public bool TakesStreams { get; private set; }

    /// <summary>It takes tunnels within a server's connection.</summary>
    public bool TakesServerStreams { get; private set; }
    public Dictionary<string, int> Participants { get; } = new(StringComparer.Ordinal);

    /// <summary>Processes it has taken over from, itself or through others, the last first. Empty from a build that does not name
    /// them.</summary>
    public List<int> Predecessors { get; } = [];

    public static void Write(FrameWriter w, IReadOnlyCollection<IHandoverParticipant> participants, IReadOnlyList<int> predecessors)
    {
        w.Clear();
        w.UInt16(HandoverProtocol.Version);
        w.UInt16(HandoverProtocol.OldestVersion);
        w.Int32(Processes.getpid());
        w.UInt16(participants.Count);
        foreach (IHandoverParticipant p in participants)
        {
            w.Text(p.Name);
            w.UInt16(p.Version);
        }
        int named = Math.Min(predecessors.Count, HandoverProtocol.NamedPredecessors);
        w.UInt16(named);
        for (int i = 0; i < named; i++)
            w.Int32(predecessors[i]);
        w.Int32(
            HandoverProtocol.AnswersPing
                | HandoverProtocol.ReadsLayers
                | HandoverProtocol.TakesLanes
                | HandoverProtocol.TakesStreams
                | HandoverProtocol.TakesServerStreams
        );
    }

    /// <summary>Null when it is cut short.</summary>
    public static HandoverHello? Read(ReadOnlySpan<byte> payload)
    {
        var reader = new FrameReader(payload);
        int version = reader.UInt16(),
            oldest = reader.UInt16();
        var hello = new HandoverHello
        {
            Pid = reader.Int32(),
            Version = version,
            SpeaksOurs = oldest <= HandoverProtocol.Version && version >= HandoverProtocol.OldestVersion,
        };
        for (int count = reader.UInt16(); count > 0 && !reader.IsShort; count--)
            hello.Participants[reader.Text()] = reader.UInt16();
        if (reader.IsShort)
            return null;
        for (int count = reader.UInt16(); count > 0; count--)
        {
            int pid = reader.Int32();
            if (reader.IsShort)
                break;
            hello.Predecessors.Add(pid);
        }
        int abilities = reader.IsShort || reader.AtEnd ? 0 : reader.Int32();
        hello.AnswersPing = (abilities & HandoverProtocol.AnswersPing) != 0;
        hello.ReadsLayers = (abilities & HandoverProtocol.ReadsLayers) != 0;
        hello.TakesLanes = (abilities & HandoverProtocol.TakesLanes) != 0;
        hello.TakesStreams = (abilities & HandoverProtocol.TakesStreams) != 0;
        hello.TakesServerStreams = (abilities & HandoverProtocol.TakesServerStreams) != 0;
        return hello;
    }
}
