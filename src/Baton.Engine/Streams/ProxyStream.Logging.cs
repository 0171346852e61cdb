// When a stream writes its log line, and what the log needs to know of it.
using Baton.Engine.Logs.Senders;

namespace Baton.Engine.Streams;

public abstract partial class ProxyStream
{
    /// <summary>LogLevel of a stream that writes no line at all (monitor-uri, "set-log-level silent").</summary>
    public const int LogSilent = -2;

    private bool _logged;

    /// <summary>"http-request set-log-level": a syslog severity, -1 when nothing was said, <see cref="LogSilent"/>.</summary>
    public int LogLevel { get; set; }

    /// <summary>The line is being written before the end (option logasap): byte counts and total time carry a "+".</summary>
    public bool IsLoggedEarly { get; private set; }

    /// <summary>At least one byte came from the client (option dontlognull).</summary>
    public abstract bool HasReceivedAnything { get; }

    /// <summary>False for what ended before it was a request: it has no identifier, and error-log-format is for it.</summary>
    public virtual bool BecameRequest => true;

    /// <summary>Not a normal stream in the words of dontlog-normal and log-separate-errors: an error, a time-out, a retry, a redispatch, a
    /// status of 5xx.</summary>
    public virtual bool IsAbnormal => Cause is not (TerminationCause.None or TerminationCause.Local) || Retries > 0 || Redispatched;

    private void BeginLog()
    {
        _logged = false;
        IsLoggedEarly = false;
        LogLevel = -1;
    }

    /// <summary>Writes the log line of this stream, unless it was written before or an option says not to.</summary>
    protected void EmitLog()
    {
        if (_logged)
            return;
        _logged = true;
        if (Frontend.Log is { } log && LogLevel != LogSilent)
            log.Emit(this);
        ReleaseCaptures();
    }

    /// <summary>option logasap: the answer begins (http) or the server is connected (tcp).</summary>
    protected void EmitEarlyLog()
    {
        if (_logged || Frontend.Log is not { IsEarly: true } log)
            return;
        _logged = IsLoggedEarly = true;
        if (LogLevel != LogSilent)
            log.Emit(this);
        ReleaseCaptures();
    }
}
