// "add server" of the runtime API: the words of a server line, read by the same table, without default-server.
using System;
using System.Collections.Generic;
using Baton.Configuration.Diagnostics;
using Baton.Configuration.Directives;
using Baton.Configuration.Expressions;
using Baton.Configuration.Lexing;
using Baton.Configuration.Model;

namespace Baton.Configuration.Sections;

public static class DynamicServer
{
    /// <summary>Options that belong to the start of a process, or to the frontends' persistence (manual of the runtime API, "add
    /// server").</summary>
    private static readonly string[] NotAccepted =
    [
        "cookie",
        "init-addr",
        "pool-conn-name",
        "redir",
        "resolve-opts",
        "resolve-prefer",
        "resolve-net",
        "resolvers",
    ];

    /// <param name="running">The configuration that runs.</param>
    /// <param name="proxy">Its backend.</param>
    /// <param name="expressions">What samples may be made of.</param>
    /// <param name="words">NAME ADDRESS [options].</param>
    /// <param name="error">What is wrong.</param>
    /// <summary>The server that NAME ADDRESS [options] describe, in maintenance unless "enabled"; null and the reason when they are
    /// wrong.</summary>
    public static ServerConfig? Parse(
        ProcessConfig running,
        ProxyConfig proxy,
        ExpressionCatalog expressions,
        IReadOnlyList<string> words,
        out string error
    )
    {
        var sink = new DiagnosticSink();
        var process = new ProcessConfig();
        (process.Global.Tls.CaBase, process.Global.Tls.CrtBase) = (running.Global.Tls.CaBase, running.Global.Tls.CrtBase);
        var context = new DirectiveContext(process, sink, new ExpressionParser(expressions, sink))
        {
            ProxyOrNull = proxy,
            SectionWord = "backend",
        };
        var line = new List<Word>();
        bool enabled = false,
            disabled = false;
        for (int i = 0; i < words.Count; i++)
        {
            if (i > 1 && Array.IndexOf(NotAccepted, words[i]) >= 0)
            {
                error = $"'{words[i]}' option is not accepted for dynamic server";
                return null;
            }
            if (i > 1)
            {
                enabled |= words[i] == "enabled";
                disabled |= words[i] == "disabled";
            }
            line.Add(new Word(words[i], 0, false));
        }
        context.Begin(line, 0, "server", false);
        ServerConfig? server = ServerLine.Read(context);
        error = sink.Errors > 0 ? sink.All[0].Message : "";
        if (server is null || sink.Errors > 0)
            return null;
        if (server.Address.Kind == AddressKind.Name)
        {
            error = $"'server {server.Name}' : a server that is added at run time takes an address, and '{words[1]}' is a name.";
            return null;
        }
        if (server.Check.SectionName is not null && HealthCheckLines.Link(running, server) is { } fault)
        {
            error = fault + ".";
            return null;
        }
        if (CheckValidator.LacksAgentPort(server))
        {
            error = CheckValidator.AgentPortFault(server);
            return null;
        }
        server.Disabled = !enabled || disabled;
        return server;
    }
}
