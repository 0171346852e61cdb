// What follows from what an agent has said: its orders, and the server goes down, or up where its checks have nothing against it.
using Baton.Configuration.Model;
using Baton.Engine.Servers;

namespace Baton.Engine.Checks;

internal static class AgentReport
{
    /// <summary>On the agent's worker.</summary>
    /// <param name="words">Null when it has not said anything.</param>
    public static void Take(AgentCheck agent, AgentWords? words, in CheckAnswer answer, int durationMs)
    {
        ServerState server = agent.Server;
        CheckHealth health = agent.Health;
        if (words is not null)
            Obey(server, words);
        bool tells = (server.Backend.Config.Options & ProxyOptions.LogHealthChecks) != 0;
        // COMPAT: only an agent's own word moves it, and not that it could not be asked
        bool counts = answer.Status is CheckStatus.Layer7Ok or CheckStatus.Layer7Status;
        lock (server.Backend.StateLock)
        {
            bool tell = counts
                ? health.Take(answer.Status, answer.Code, answer.Info, durationMs)
                : health.Note(answer.Status, answer.Code, answer.Info, durationMs) && answer.Status != CheckStatus.Checked;
            if (tell && tells)
                CheckReport.Tell(server, "Agent", health);
        }
        ServerOperation next = counts && !server.IsInMaintenance ? Next(server, health) : server.Operation;
        if (next != server.Operation)
            ServerChange.Apply(server, s => s.Operation = next, tells ? "" : $", {health.Reason}");
    }

    private static ServerOperation Next(ServerState server, CheckHealth health)
    {
        if (server.Tracked is not null)
            return server.Operation;
        if (!health.IsUp)
            return ServerOperation.Stopped;
        bool isClear = server.Check is not { Enabled: true, Health.IsUp: false };
        return server.IsDown && isClear ? ServerOperation.Running : server.Operation;
    }

    /// <summary>What it wants is so already, as a rule: it says the same again and again.</summary>
    private static void Obey(ServerState server, AgentWords words)
    {
        AdminState admin = words.Order?.Invoke(server.Admin) ?? server.Admin;
        int weight = words.Weight ?? server.Weight,
            maxConn = words.MaxConn ?? server.MaxConn;
        if (admin == server.Admin && weight == server.Weight && maxConn == server.MaxConn)
            return;
        ServerChange.Apply(server, s =>
        {
            s.Admin = words.Order?.Invoke(s.Admin) ?? s.Admin;
            s.Weight = words.Weight ?? s.Weight;
            s.MaxConn = words.MaxConn ?? s.MaxConn;
        });
    }
}
