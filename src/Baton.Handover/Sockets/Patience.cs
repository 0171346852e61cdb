// How long a new process asks on when who answers on the stats socket says that it is leaving. In a storm of reloads the process that
// has just been replaced may still answer on the socket that it shares with the one that serves, which may be busy just then: with
// a large configuration, with the state of the one before.
using System;
using System.Collections.Generic;

namespace Baton.Handover.Sockets;

/// <param name="oldPids">Those that are to be replaced.</param>
internal sealed class Patience(IReadOnlyCollection<int> oldPids)
{
    private readonly long _endMs = Environment.TickCount64 + SocketTransfer.PatienceMs;
    private int _attempts;

    /// <summary>
    /// <paramref name="sender"/> has answered that it is leaving (0: the kernel does not say who it is). One that is to be replaced means
    /// it; where another one says so the right one has not been heard yet.
    /// </summary>
    public bool AsksAgain(int sender)
    {
        bool another = sender > 0 && oldPids.Count > 0;
        foreach (int pid in oldPids)
            another &= pid != sender;
        return another ? Environment.TickCount64 < _endMs : ++_attempts < SocketTransfer.Attempts;
    }
}
