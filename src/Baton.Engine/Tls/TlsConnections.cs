// How many connections of the process have TLS, those of clients and those to servers.
using System.Threading;

namespace Baton.Engine.Tls;

/// <summary>Any thread: they are counted as they come and go, not for each request.</summary>
public static class TlsConnections
{
    private static int s_now;
    private static long s_total;

    public static int Now => Volatile.Read(ref s_now);

    /// <summary>Handshakes begun since the start.</summary>
    public static long Total => Interlocked.Read(ref s_total);

    internal static void Enter() => Interlocked.Increment(ref s_now);

    internal static void Leave() => Interlocked.Decrement(ref s_now);

    internal static void CountBegun() => Interlocked.Increment(ref s_total);

    /// <summary>One more would be more than "maxsslconn".</summary>
    internal static bool AreFull(EngineState engine) => engine.Config.Global.Tls.MaxConnections is > 0 and int limit && Now >= limit;
}
