// When a stream writes its log line, and what the log needs to know of it.
using Baton.Engine.Logs.Senders;

namespace Baton.Engine.Streams;

public abstract partial class ProxyStream
{
    /// <summary>At least one byte came from the client (option dontlognull).</summary>
    public abstract bool HasReceivedAnything { get; }

    /// <summary>False for what ended before it was a request: it has no identifier, and error-log-format is for it.</summary>
    public virtual bool BecameRequest => true;

    /// <summary>Not a normal stream in the words of dontlog-normal and log-separate-errors: an error, a time-out, a retry, a redispatch, a
    /// status of 5xx.</summary>
    public virtual bool IsAbnormal => Cause is not (TerminationCause.None or TerminationCause.Local) || Retries > 0 || Redispatched;
}
