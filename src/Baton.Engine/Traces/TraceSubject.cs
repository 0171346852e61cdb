// Whom an event is about. Only identities: a trace that is locked to one compares them.
namespace Baton.Engine.Traces;

public readonly record struct TraceSubject(int Thread)
{
    public object? Listener { get; init; }
    public object? Frontend { get; init; }
    public object? Backend { get; init; }
    public object? Server { get; init; }
    public object? Connection { get; init; }
    public object? Session { get; init; }

    /// <summary>What <see cref="TraceLock.Own"/> of the source means.</summary>
    public object? Own { get; init; }

    internal object? Pick(TraceLock criterion) =>
        criterion switch
        {
            TraceLock.Backend => Backend,
            TraceLock.Connection => Connection,
            TraceLock.Frontend => Frontend,
            TraceLock.Listener => Listener,
            TraceLock.Server => Server,
            TraceLock.Session => Session,
            TraceLock.Thread => Thread,
            TraceLock.Own => Own,
            _ => null,
        };
}
