// mailers: the section and its lines, and the "email-alert" lines of proxies that use it (manual, "Mailers").
using System;
using System.Collections.Generic;
using Baton.Configuration.Catalog;
using Baton.Configuration.Diagnostics;
using Baton.Configuration.Directives;
using Baton.Configuration.Lexing;
using Baton.Configuration.Model;
using Baton.Configuration.Values;

namespace Baton.Configuration.Sections;

internal static class MailersLines
{
    /// <summary>The section that the following lines fill.</summary>
    public static MailersConfig Open(ProcessConfig process, List<Word> words, DiagnosticSink diagnostics, SourcePosition at)
    {
        string name = SectionName.Read(words, diagnostics, at);
        SectionName.RejectTwin("mailers", name, process.Mailers.Find(s => s.Name == name)?.Position, diagnostics, at);
        var section = new MailersConfig { Name = name, Position = at };
        process.Mailers.Add(section);
        return section;
    }

    private static void Mailer(DirectiveContext c)
    {
        if (!c.Expect(2, 2, "<name> and <addr>[:<port>] as arguments"))
            return;
        string name = c[0];
        if (ServerLine.InvalidNameCharacter(name) is { } bad)
        {
            c.Error($"character '{bad}' is not permitted in mailer name '{name}'.", name);
            return;
        }
        if (c.Mailers.Mailers.Find(m => m.Name == name) is { } other)
        {
            // COMPAT: haproxy takes both; here what waits for a mailer is found by its name after a reload
            c.Error($"'mailer {name}' has same name as another mailer (declared at {other.Position}).", name);
            return;
        }
        if (c.Address(c[1], AddressUse.Server) is not { } address)
            return;
        bool hasPort = address.Kind is AddressKind.IPv4 or AddressKind.IPv6 or AddressKind.Name or AddressKind.Any;
        if (address.Kind == AddressKind.Any || hasPort && (address.PortKind != PortKind.Absolute || address.Port == 0))
            c.Error($"'mailer {name}' : missing port specification in '{c[1]}'.", c[1]);
        else
            c.Mailers.Mailers.Add(new MailerConfig(name, address, c.Position));
    }

    private static void Timeout(DirectiveContext c)
    {
        if (!c.Expect(1, 1, "<time> as argument") || !c.Time(0, out int ms))
            return;
        if (ms == 0)
            c.Error("'timeout mail' : expects a positive <time> argument.", c[0]);
        else
            c.Mailers.TimeoutMs = ms;
    }

    private static DirectiveKeyword Alert(string name, string what, Action<DirectiveContext> read) =>
        new("email-alert " + name, SectionKinds.Proxies, c =>
        {
            if (c.Expect(1, 1, what))
                read(c);
        });

    private static EmailAlertConfig Own(DirectiveContext c) => c.Proxy.EmailAlert ?? new EmailAlertConfig { Position = c.Position };

    /// <summary>An address goes into commands of its own line: what would end the line or the address ends the configuration.</summary>
    private static bool IsPlain(DirectiveContext c)
    {
        if (c[0].AsSpan().IndexOfAny("<> ") < 0 && !c[0].AsSpan().ContainsAnyInRange('\0', '\x1F'))
            return true;
        c.Error($"'{c.Keyword}' : '{c[0]}' cannot be told to a mail server.", c[0]);
        return false;
    }

    private static void Level(DirectiveContext c)
    {
        int level = Array.IndexOf(LogLines.Levels, c[0]);
        if (level < 0)
            c.Error(
                $"'email-alert level' : unknown log level '{c[0]}', expects {string.Join(", ", LogLines.Levels)}"
                    + $"{Spelling.Hint(c[0], LogLines.Levels)}.",
                c[0]
            );
        else
            c.Proxy.EmailAlert = Own(c) with { Level = level };
    }

    private static void Text(DirectiveContext c, Func<EmailAlertConfig, string, EmailAlertConfig> set)
    {
        if (IsPlain(c))
            c.Proxy.EmailAlert = set(Own(c), c[0]);
    }

    internal static readonly DirectiveKeyword[] Keywords =
    [
        new("mailer", SectionKinds.Mailers, Mailer),
        new("timeout mail", SectionKinds.Mailers, Timeout),
        Alert("mailers", "the name of a mailers section", c => c.Proxy.EmailAlert = Own(c) with { Mailers = c[0] }),
        Alert("from", "an address", c => Text(c, static (a, t) => a with { From = t })),
        Alert("to", "an address", c => Text(c, static (a, t) => a with { To = t })),
        Alert("myhostname", "a host name", c => Text(c, static (a, t) => a with { MyHostname = t })),
        Alert("level", "a level", Level),
    ];
}
