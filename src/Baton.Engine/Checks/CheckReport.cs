// What follows from the outcome of a check: it is counted and told, and the server goes up or down.
using Baton.Configuration.Model;
using Baton.Engine.Servers;

namespace Baton.Engine.Checks;

internal static class CheckReport
{
    /// <summary>On the check's worker.</summary>
    public static void Take(ServerCheck check, CheckStatus status, int code, string info, int durationMs)
    {
        ServerState server = check.Server;
        CheckHealth health = check.Health;
        // it has been switched off or put into maintenance while the check was under way
        if (!check.Enabled || server.IsInMaintenance)
            return;
        bool isSettled = health.Status == status && health.Points == Settled(health, status);
        if (isSettled && Next(server, health) == server.Operation)
        {
            // PERF: nearly every check ends here: nothing changes but the numbers of the last one
            (health.Code, health.Info, health.DurationMs) = (code, info, durationMs);
            return;
        }
        bool tells = (server.Backend.Config.Options & ProxyOptions.LogHealthChecks) != 0;
        lock (server.Backend.StateLock)
        {
            if (health.Take(status, code, info, durationMs) && tells)
                Tell(server, "Health", health);
        }
        ServerOperation next = Next(server, health);
        if (next != server.Operation)
            ServerChange.Apply(server, s => s.Operation = next, tells ? "" : $", {health.Reason}");
    }

    /// <summary>Traffic has shown that something is wrong with the server. Any worker.</summary>
    public static void Observed(ServerCheck check, string info, CheckOnError action)
    {
        ServerState server = check.Server;
        CheckHealth health = check.Health;
        if (server.IsInMaintenance)
            return;
        bool tells = (server.Backend.Config.Options & ProxyOptions.LogHealthChecks) != 0;
        lock (server.Backend.StateLock)
        {
            // one more bad check is enough then, or this one is
            if (action == CheckOnError.SuddenDeath && health.Points > health.Rise)
                health.Points = health.Rise + 1;
            else if (action == CheckOnError.MarkDown && health.Points > health.Rise)
                health.Points = health.Rise;
            if (health.Take(CheckStatus.HealthAnalyze, 0, info, -1) && tells)
                Tell(server, "Health", health);
        }
        ServerOperation next = Next(server, health);
        if (next != server.Operation)
            ServerChange.Apply(server, s => s.Operation = next, tells ? "" : $", {health.Reason}");
    }

    /// <summary>What follows from the last outcome and the points.</summary>
    private static ServerOperation Next(ServerState server, CheckHealth health) =>
        health.Result switch
        {
            CheckResult.Failed when !health.IsUp => ServerOperation.Stopped,
            // its agent has something against it
            _ when server.IsDown && server.IsDownByAgent => ServerOperation.Stopped,
            CheckResult.Passed when health.IsUp => server.Operation == ServerOperation.Starting
                ? ServerOperation.Starting
                : ServerOperation.Running,
            CheckResult.Conditional when health.IsUp => ServerOperation.Stopping,
            _ => server.Operation,
        };

    /// <summary>Where the points stay when the same comes again and again.</summary>
    private static int Settled(CheckHealth health, CheckStatus status) =>
        CheckTexts.ResultOf(status) switch
        {
            CheckResult.Failed => 0,
            CheckResult.Passed or CheckResult.Conditional => health.Best,
            _ => health.Points,
        };

    /// <param name="kind">"Health" or "Agent".</param>
    public static void Tell(ServerState server, string kind, CheckHealth health)
    {
        string how = health.Result switch
        {
            CheckResult.Failed => "failed",
            CheckResult.Conditional => "conditionally succeeded",
            _ => "succeeded",
        };
        string backup = server.Config.Backup ? "backup " : "";
        string notice =
            $"{kind} check for {backup}server {server.Backend.Name}/{server.Name} {how}, {health.Reason}, status: {health.Standing}.";
        server.Backend.Engine.Notices.Warn(server.Backend.Notices, notice, Logs.Senders.NoticeLog.LevelNotice);
        server.Backend.Mails?.Post(Mails.AlertMails.LevelInfo, notice);
    }
}
