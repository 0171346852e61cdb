// Constants of the handover conversation. Specified in docs/handover-protocol.md.
using System;

namespace Baton.Handover.Protocol;

public static class HandoverProtocol
{
    /// <summary>Spoken here. A process speaks with its neighbour one version up or down.</summary>
#if NEIGHBOUR_BUILD
    public const int Version = 3;
#else
    public const int Version = 2;
#endif

    /// <summary>The oldest version understood.</summary>
    public const int OldestVersion = 1;

    /// <summary>The command on the stats socket that begins it, and the first bytes of its answer.</summary>
    public static ReadOnlySpan<byte> Command => "_handover\n"u8;
    public static ReadOnlySpan<byte> Greeting => "BATON-HANDOVER\n"u8;

    /// <summary>Bytes in front of a payload: u16 type, u16 descriptors attached, u32 payload length.</summary>
    public const int HeaderSize = 8;

    /// <summary>From this version on the old process says when it has told the last of what is set ("StateEnd" after "Stopped"), and state
    /// comes in pieces.</summary>
    public const int SwitchVersion = 2;

    /// <summary>
    /// Bytes a piece of state aims at: what bounds a step on either side. A process of version 1 does all of its work on maps for
    /// each piece: it gets few large ones.
    /// </summary>
    public const int PieceBytes = 64 << 10,
        LargePieceBytes = 24 << 20;

    /// <summary>Longest payload believed, and longest one from a new process, which has little to say.</summary>
    public const int MaxPayload = 64 << 20,
        MaxAnswer = 8 << 20;

    /// <summary>Bits of what a process can do besides (Hello): answer Ping; understand connections with layers; take the connections of
    /// each worker on a socket of their own; take tunnels within a client's connection, and servers' connections in HTTP/2; take those with
    /// their tunnels.</summary>
    public const int AnswersPing = 1,
        ReadsLayers = 2,
        TakesLanes = 4,
        TakesStreams = 8,
        TakesServerStreams = 16;

    /// <summary>How long workers give batches away before it is looked after everything else of the conversation (ms).</summary>
    public const int RoundMs = 50;

    /// <summary>In the probation: pause between an answer and the next Ping, and how long an answer may take before the old process stands
    /// in.</summary>
    public const int PingPauseMs = 50,
        PingPatienceMs = 150;

    /// <summary>How many that came when it was not their turn are kept waiting for the end of their own conversation.</summary>
    public const int MostTurnedAway = 16;

    /// <summary>Descriptors one frame carries at most (the kernel's limit is 253).</summary>
    public const int MaxDescriptors = 252;

    /// <summary>Connections and payload bytes one Connections frame aims at: what bounds a stream's pause.</summary>
    public const int BatchConnections = 120;
    public const int BatchBytes = 2 << 20;

    /// <summary>Longest wait for a step of the conversation, in ms.</summary>
    public const int StepTimeoutMs = 5000;

    /// <summary>Longest wait for a step of moving a batch, in ms: the connections of one worker rest meanwhile.</summary>
    public const int BatchTimeoutMs = 250;

    /// <summary>How many batches may take longer before the other side is given up.</summary>
    public const int SlowBatches = 8;

    /// <summary>Longest wait for one's turn when another process is taking over, in ms, and the pause between two questions.</summary>
    public const int TurnTimeoutMs = 10_000,
        TurnPauseMs = 10;

    /// <summary>How many predecessors a process names in its Hello.</summary>
    public const int NamedPredecessors = 64;

    /// <summary>Longest wait of the old process between Hello and Accepting: the new one may have much to prepare.</summary>
    public const int PrepareTimeoutMs = 60_000;
}
