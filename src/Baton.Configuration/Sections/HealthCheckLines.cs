// healthcheck: the section, its "type" line, and the server option that refers to it (manual of 3.4, "Healthchecks").
using System;
using System.Collections.Generic;
using Baton.Configuration.Catalog;
using Baton.Configuration.Diagnostics;
using Baton.Configuration.Directives;
using Baton.Configuration.Lexing;
using Baton.Configuration.Model;

namespace Baton.Configuration.Sections;

internal static class HealthCheckLines
{
    /// <summary>What the following lines fill.</summary>
    public static HealthCheckSection Open(ProcessConfig process, List<Word> words, DiagnosticSink diagnostics, SourcePosition at)
    {
        string name = SectionName.Read(words, diagnostics, at);
        SectionName.RejectTwin("healthcheck", name, process.HealthChecks.Find(s => s.Name == name)?.Position, diagnostics, at);
        var section = new HealthCheckSection(name, at, ProxyConfig.Inherit(null, name, ProxyCapabilities.Backend, at));
        process.HealthChecks.Add(section);
        return section;
    }

    private static readonly string[] s_types =
    [
        "httpchk",
        "tcp-check",
        "ssl-hello-chk",
        "smtpchk",
        "pgsql-check",
        "redis-check",
        "mysql-check",
        "ldap-check",
        "spop-check",
    ];

    /// <summary>"type httpchk GET /": as "option httpchk GET /" of a backend.</summary>
    private static void Type(DirectiveContext c)
    {
        string type = c[0];
        if (Array.IndexOf(s_types, type) < 0)
        {
            c.Error(
                type.Length == 0
                    ? $"'type' expects a kind of check: {string.Join(", ", s_types)}."
                    : $"'type' : unknown kind of check '{type}', expects {string.Join(", ", s_types)}{Spelling.Hint(type, s_types)}.",
                type.Length == 0 ? "type" : type
            );
            return;
        }
        c.HealthCheck.HasType = true;
        string option = "option " + type;
        c.Shift(option);
        DirectiveTables.Find(option, SectionKinds.Backend)!.Parse(c);
    }

    /// <summary>Servers get the check of the section they name.</summary>
    public static void Link(ProcessConfig process, DiagnosticSink sink)
    {
        foreach (HealthCheckSection section in process.HealthChecks)
            if (!section.HasType && section.Name.Length > 0)
                sink.Error(section.Position, $"healthcheck '{section.Name}' has no 'type' line.", section.Name);
        foreach (ProxyConfig proxy in process.Proxies)
        foreach (ServerConfig server in proxy.Servers)
            if (server.Check.SectionName is { } name && Link(process, server) is { } fault)
                sink.Error(
                    server.Position,
                    $"backend '{proxy.Name}', server '{server.Name}': {fault}.",
                    name,
                    Spelling.Nearest(name, process.HealthChecks.ConvertAll(static h => h.Name))
                );
    }

    /// <summary>What is wrong with the name, or null.</summary>
    public static string? Link(ProcessConfig process, ServerConfig server)
    {
        HealthCheckSection? section = process.HealthChecks.Find(h => h.Name == server.Check.SectionName);
        server.Check.Own = section?.Lines.HealthCheck;
        return section is null ? $"unable to find healthcheck '{server.Check.SectionName}'" : null;
    }

    internal static readonly DirectiveKeyword[] Keywords = [new("type", SectionKinds.HealthCheck, Type)];
}
