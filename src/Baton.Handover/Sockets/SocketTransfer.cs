// HAProxy's conversation that passes listening sockets from one process to the next over the CLI socket (_getsocks).
//
//   new -> old   "_getsocks\n"
//   old -> new   int32 N
//   old -> new   per batch: SCM_RIGHTS with up to 252 descriptors; payload per descriptor: u8 length + namespace,
//                u8 length + interface, 4 zero bytes
//   new -> old   int32 acknowledgement per batch
//   old          closes
using System;

namespace Baton.Handover.Sockets;

internal static class SocketTransfer
{
    public const int Batch = 252;

    /// <summary>Longest a step may take before the other side is given up, in ms.</summary>
    public const int StepTimeoutMs = 5000;

    /// <summary>Longest the whole transfer may take, in ms.</summary>
    public const int TotalTimeoutMs = 15_000;

    /// <summary>How long another process than the one that is to be replaced may answer that it leaves, in ms.</summary>
    public const int PatienceMs = 10_000;

    /// <summary>How often a leaving process is asked again, and the pause in between.</summary>
    public const int Attempts = 50,
        AttemptsWithoutAnswer = 5,
        PauseMs = 10;

    public static ReadOnlySpan<byte> Request => "_getsocks\n"u8;
}
