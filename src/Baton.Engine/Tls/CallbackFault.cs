// What fails in a callback of OpenSSL. An exception must not travel through C: nothing there is prepared for it, and the runtime ends the
// process. It waits here until the call of OpenSSL has come back, where the connection is ended, counted and told of.
using System;
using Baton.Engine.Loop;

namespace Baton.Engine.Tls;

/// <summary>Callbacks run on the thread that called OpenSSL: each thread has its own.</summary>
internal static class CallbackFault
{
    [ThreadStatic]
    private static Exception? t_first;

    /// <summary>The beginning of every callback: tests can have it fail.</summary>
    public static void Enter()
    {
        if (FaultInjection.On)
            FaultInjection.Strike(FaultPlace.Handshake);
    }

    /// <summary>The end of a callback that failed; it tells OpenSSL that it did as far as it can.</summary>
    public static void Keep(Exception failure) => t_first ??= failure;

    /// <summary>What failed since it was asked last, after every call that may call back; null for nothing.</summary>
    public static Exception? Take()
    {
        Exception? failure = t_first;
        if (failure is not null)
            t_first = null;
        return failure;
    }
}
