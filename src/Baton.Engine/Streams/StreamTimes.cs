// The moments of a stream.
using Baton.Core.Frames;

namespace Baton.Engine.Streams;

/// <summary>Moments of a stream in the worker's milliseconds, -1 when not reached. The log's timers (manual 8.4) are their
/// differences.</summary>
public struct StreamTimes
{
    /// <summary>Connection accepted; idle time before the first request byte ended; request complete; server slot obtained; connected;
    /// response head complete; data done.</summary>
    public long Accept,
        Begin,
        Request,
        Queue,
        Connect,
        Response,
        End;

    /// <summary>Wall clock of <see cref="Accept"/> and <see cref="Begin"/>.</summary>
    public long AcceptWallMs,
        BeginWallMs;

    public readonly void WriteTo(FrameWriter w)
    {
        w.Int64(Accept);
        w.Int64(Begin);
        w.Int64(Request);
        w.Int64(Queue);
        w.Int64(Connect);
        w.Int64(Response);
        w.Int64(AcceptWallMs);
        w.Int64(BeginWallMs);
    }

    public void ReadFrom(ref FrameReader r)
    {
        Accept = r.Int64();
        Begin = r.Int64();
        Request = r.Int64();
        Queue = r.Int64();
        Connect = r.Int64();
        Response = r.Int64();
        AcceptWallMs = r.Int64();
        BeginWallMs = r.Int64();
    }

    public void Reset() => Accept = Begin = Request = Queue = Connect = Response = End = -1;
}
