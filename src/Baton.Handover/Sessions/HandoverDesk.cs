// Where a process keeps its two conversations: with the one it came after (incoming), and with the one that comes after it
// (outgoing). At most one of each.
using System.Threading;
using Baton.Engine;
using Baton.Interop.Linux;

namespace Baton.Handover.Sessions;

/// <summary>Owned by the program, asked by the stats socket.</summary>
public sealed class HandoverDesk(EngineState engine)
{
    private int _giving;

    public EngineState Engine => engine;

    /// <summary>The conversation with the previous process, while it lasts.</summary>
    public HandoverTaker? Incoming { get; set; }

    /// <summary>The processes this one came after, the last first.</summary>
    public System.Collections.Generic.IReadOnlyList<int> Predecessors => Incoming?.Predecessors ?? [];

    /// <summary>A next process has asked on <paramref name="fd"/>: talks to it on a thread of its own and closes the descriptor at the end.</summary>
    public void Serve(int fd)
    {
        new Thread(() =>
        {
            SocketNames.SetBlocking(fd);
            if (Interlocked.Exchange(ref _giving, 1) == 0)
            {
                new HandoverGiver(this, fd).Run();
                Volatile.Write(ref _giving, 0);
            }
            else HandoverGiver.Refuse(fd, "another process is taking over right now", Protocol.FrameType.Busy);
            Files.close(fd);
        }, 512 * 1024) { IsBackground = true, Name = "handover-out" }.Start();
    }
}
