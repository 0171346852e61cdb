// Where a process keeps its two conversations: with the one it came after (incoming), and with the one that comes after it
// (outgoing). At most one of each. Who may have the second is decided before a byte of his is read: the socket may be open to
// every user of the machine.
using System;
using System.Threading;
using Baton.Core.Buffers;
using Baton.Engine;
using Baton.Engine.Loop;
using Baton.Handover.Protocol;
using Baton.Interop.Linux;

namespace Baton.Handover.Sessions;

/// <summary>Owned by the program, asked by the stats socket.</summary>
public sealed class HandoverDesk(EngineState engine)
{
    private const int StackBytes = 512 * 1024;
    private int _giving,
        _turnedAway;

    public EngineState Engine => engine;

    /// <summary>The conversation with the previous process, while it lasts.</summary>
    public HandoverTaker? Incoming { get; set; }

    /// <summary>The processes this one came after, the last first.</summary>
    public System.Collections.Generic.IReadOnlyList<int> Predecessors => Incoming?.Predecessors ?? [];

    /// <summary>A next process has asked on <paramref name="fd"/>, which is not blocking: talks to it on a thread of its own, the only one,
    /// and closes the descriptor at the end.</summary>
    public void Serve(Worker worker, int fd)
    {
        if (!SocketNames.PeerCredentials(fd, out int peer, out int uid) || uid != 0 && uid != Processes.geteuid())
        {
            TurnedAway.Tell(fd, FrameType.Refuse, "not the same user");
            Files.close(fd);
            return;
        }
        if (engine.Stopping)
            TurnAway(worker, fd, FrameType.Refuse, "this process is leaving");
        else if (Interlocked.Exchange(ref _giving, 1) != 0)
            TurnAway(worker, fd, FrameType.Busy, "another process is taking over right now");
        else if (!TryStart(fd, peer))
        {
            Volatile.Write(ref _giving, 0);
            TurnAway(worker, fd, FrameType.Refuse, "no thread to answer on");
        }
    }

    /// <summary>False at the limit of threads or of memory: no reason to end what serves.</summary>
    private bool TryStart(int fd, int peer) => Threads.Start("handover-out", StackBytes, () =>
        {
            SocketNames.SetBlocking(fd);
            try
            {
                new HandoverGiver(this, fd, peer).Run();
            }
            catch (OutOfMemoryException)
            {
                MemoryBudget.CountFailure();
            }
            Volatile.Write(ref _giving, 0);
            Files.close(fd);
        });

    private void TurnAway(Worker worker, int fd, FrameType how, string why)
    {
        bool told = TurnedAway.Tell(fd, how, why);
        if (Interlocked.Increment(ref _turnedAway) <= HandoverProtocol.MostTurnedAway && told)
        {
            new TurnedAway(worker, fd, () => Interlocked.Decrement(ref _turnedAway)).Wait();
            return;
        }
        Interlocked.Decrement(ref _turnedAway);
        Files.close(fd);
    }
}
