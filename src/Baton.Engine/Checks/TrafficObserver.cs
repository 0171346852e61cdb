// "observe": what the traffic of a server says about its health. Errors in a row are counted; too many of them are as a bad check, or more.
using System.Globalization;
using System.Threading;
using Baton.Configuration.Model;
using Baton.Engine.Servers;

namespace Baton.Engine.Checks;

/// <summary>Any worker; for servers that are observed.</summary>
internal static class TrafficObserver
{
    /// <summary>COMPAT: what the last error was, in HAProxy's words.</summary>
    public const string NoConnection = "L4 unsuccessful connection",
        WrongStatus = "Wrong http response",
        WrongHead = "Invalid http response (headers)",
        ReadError = "Read error (http)",
        Timeout = "Read timeout (http)",
        Closed = "Close from server (http)";

    /// <summary>A connection came about.</summary>
    public static void Connected(ServerState server)
    {
        if (server.Config.Check.Observe == ObservedLayer.Layer4)
            server.ErrorsInARow = 0;
    }

    /// <summary>The head of an answer. COMPAT: of 5xx, 501 and 505 say nothing against a server.</summary>
    public static void Answered(ServerState server, int status)
    {
        if (server.Config.Check.Observe != ObservedLayer.Layer7)
            return;
        if (status >= 500 && status is not (501 or 505))
            Failed(server, WrongStatus);
        else if (server.ErrorsInARow != 0)
            server.ErrorsInARow = 0;
    }

    /// <summary>Something of HTTP went wrong.</summary>
    public static void FailedAnswer(ServerState server, string what)
    {
        if (server.Config.Check.Observe == ObservedLayer.Layer7)
            Failed(server, what);
    }

    public static void Failed(ServerState server, string what)
    {
        CheckConfig config = server.Config.Check;
        if (server.Check is not { Enabled: true } check || Interlocked.Increment(ref server.ErrorsInARow) < config.ErrorLimit)
            return;
        int errors = Interlocked.Exchange(ref server.ErrorsInARow, 0);
        // another worker was faster
        if (errors < config.ErrorLimit)
            return;
        Interlocked.Increment(ref server.ObservedFailures);
        if (config.OnError != CheckOnError.FastInter)
            CheckReport.Observed(
                check,
                string.Create(CultureInfo.InvariantCulture, $"Detected {errors} consecutive errors, last one was: {what}"),
                config.OnError
            );
        check.Hurry();
    }
}
