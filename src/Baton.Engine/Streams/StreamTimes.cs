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

    public void Reset() => Accept = Begin = Request = Queue = Connect = Response = End = -1;
}
