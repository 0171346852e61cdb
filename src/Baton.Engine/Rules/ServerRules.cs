// The rules that decide about persistence before a server is looked for: force-persist, ignore-persist, use-server.
using System;
using System.Collections.Generic;
using System.Text;
using Baton.Configuration.Model;
using Baton.Engine.Acls;
using Baton.Engine.Logs;
using Baton.Engine.Proxies;
using Baton.Engine.Servers;
using Baton.Engine.Streams;

namespace Baton.Engine.Rules;

public sealed class ServerRules
{
    private readonly List<(bool Force, Condition Condition)> _persist = [];
    private readonly List<(Condition? Condition, ServerState? Server, FormattedText? Name)> _use = [];

    /// <summary>Null when the backend has none of these rules. Called once its servers are known.</summary>
    public static ServerRules? Create(BackendState backend)
    {
        ProxyConfig proxy = backend.Config;
        if (proxy.PersistRules.Count == 0 && proxy.UseServers.Count == 0)
            return null;
        var rules = new ServerRules();
        foreach (PersistRuleConfig rule in proxy.PersistRules)
            rules._persist.Add((rule.Force, new Condition(rule.Condition)));
        foreach (UseServerConfig rule in proxy.UseServers)
        {
            var condition = rule.Condition is null ? null : new Condition(rule.Condition);
            rules._use.Add(
                rule.ServerName.IsLiteral
                    ? (condition, backend.FindServer(rule.ServerName.Text), null)
                    : (condition, null, new FormattedText(rule.ServerName))
            );
        }
        return rules;
    }

    /// <summary>The first persistence rule that holds counts, then the first use-server rule whose server may be used.</summary>
    public void Run(ProxyStream stream)
    {
        foreach ((bool force, Condition condition) in _persist)
        {
            if (!condition.Holds(stream))
                continue;
            if (force)
                stream.Choice.ForcePersist = true;
            else
                stream.Choice.IgnorePersist = true;
            break;
        }
        foreach ((Condition? condition, ServerState? fixedServer, FormattedText? name) in _use)
        {
            if (condition is not null && !condition.Holds(stream))
                continue;
            ServerState? server = name is null ? fixedServer : Find(stream, name);
            // a name made for the stream that no server has: the rule says nothing about it
            if (server is null && name is not null)
                continue;
            // COMPAT: the first rule that holds decides, even when its server is down and the balancer is asked after all
            if (server is not null && (server.IsRunning || stream.Choice.Insists))
                stream.Choice.Pinned = server;
            return;
        }
    }

    private static ServerState? Find(ProxyStream stream, FormattedText name)
    {
        Span<byte> text = stream.Worker.Scratch.OutputSpan[..256];
        text = text[..name.Write(stream, text)];
        foreach (ServerState server in stream.Backend!.Servers)
            if (Encoding.UTF8.GetByteCount(server.Name) == text.Length && Matches(server.Name, text))
                return server;
        return null;
    }

    private static bool Matches(string name, ReadOnlySpan<byte> text)
    {
        // names of servers are ASCII
        for (int i = 0; i < name.Length; i++)
            if (name[i] != text[i])
                return false;
        return true;
    }
}
