// What a trace keeps to once it has begun: the first of its kind that it met. COMPAT: the manual's criteria.
namespace Baton.Engine.Traces;

public enum TraceLock : byte
{
    Backend,
    Connection,
    Frontend,
    Listener,
    Nothing,
    Server,
    Session,
    Thread,

    /// <summary>What the source itself has, such as a stream of HTTP/2.</summary>
    Own,
}
