// "log" in global and in proxies, log-format and what goes with it.
using System;
using System.Collections.Generic;
using System.Globalization;
using Baton.Configuration.Catalog;
using Baton.Configuration.Directives;
using Baton.Configuration.Expressions;
using Baton.Configuration.Model;
using Baton.Configuration.Values;

namespace Baton.Configuration.Sections;

internal static class LogLines
{
    private static readonly string[] Facilities =
    [
        "kern",
        "user",
        "mail",
        "daemon",
        "auth",
        "syslog",
        "lpr",
        "news",
        "uucp",
        "cron",
        "auth2",
        "ftp",
        "ntp",
        "audit",
        "alert",
        "cron2",
        "local0",
        "local1",
        "local2",
        "local3",
        "local4",
        "local5",
        "local6",
        "local7",
    ];

    internal static readonly string[] Levels = ["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"];

    private static void Log(DirectiveContext c)
    {
        List<LogTargetConfig> list = c.Section switch
        {
            SectionKinds.Global => c.Global.Logs,
            SectionKinds.Peers => c.Peers.Logs,
            _ => c.Proxy.Logs,
        };
        if (c.IsNo)
        {
            list.Clear();
            return;
        }
        if (c[0] == "global" && c.Section != SectionKinds.Global)
        {
            if (c.Count > 1)
                c.Error($"'log global' cannot handle unexpected argument '{c[1]}'.", c[1]);
            else
                list.Add(new LogTargetConfig { Position = c.Position, Global = true });
            return;
        }
        if (Target(c) is { } target)
            list.Add(target);
    }

    private static LogTargetConfig? Target(DirectiveContext c)
    {
        if (c.Count < 2)
        {
            c.Error("log : expects <address> and <facility>  as arguments", "log");
            return null;
        }
        var target = new LogTargetConfig { Position = c.Position };
        LogTargetConfig? placed = Place(c, target);
        if (placed is null)
            return null;
        target = placed;
        int i = 1;
        for (; i < c.Count; i += 2)
        {
            LogTargetConfig? next = c[i] switch
            {
                "len" => c.Integer(i + 1, 80, 65535, out int length) ? target with { Length = length } : null,
                "format" => Format(c, c[i + 1]) is { } f ? target with { Format = f } : null,
                "sample" => Sample(c, c[i + 1], target),
                "profile" => Refuse(c, "profile"),
                _ => target,
            };
            if (next is null)
                return null;
            if (ReferenceEquals(next, target) && c[i] is not ("len" or "format" or "sample"))
                break;
            target = next;
        }
        int facility = Array.IndexOf(Facilities, c[i]);
        if (facility < 0)
        {
            c.Error($"log : unknown log facility '{c[i]}'{Spelling.Hint(c[i], [.. Facilities, "len", "format", "sample"])}", c[i]);
            return null;
        }
        int level = i + 1 < c.Count ? Array.IndexOf(Levels, c[i + 1]) : 7,
            least = i + 2 < c.Count ? Array.IndexOf(Levels, c[i + 2]) : 0;
        if (level < 0)
        {
            c.Error($"log : unknown optional log level '{c[i + 1]}'{Spelling.Hint(c[i + 1], Levels)}", c[i + 1]);
            return null;
        }
        if (least < 0)
        {
            c.Error($"log : unknown optional minimum log level '{c[i + 2]}'{Spelling.Hint(c[i + 2], Levels)}", c[i + 2]);
            return null;
        }
        return target with { Facility = facility, Level = level, MinLevel = least };
    }

    private static LogTargetConfig? Refuse(DirectiveContext c, string word)
    {
        c.Error($"log : '{word}' is a known HAProxy keyword, not supported by Baton yet", word);
        return null;
    }

    private static LogTargetConfig? Place(DirectiveContext c, LogTargetConfig target)
    {
        if (c[0] is "stdout" or "stderr")
            return target with { FileDescriptor = c[0] == "stdout" ? 1 : 2 };
        if (c[0].StartsWith("ring@", StringComparison.Ordinal))
            return Refuse(c, "ring@");
        AddressConfig? address = c.Address(c[0], AddressUse.Log);
        if (address is null)
            return null;
        if (address.Kind == AddressKind.Inherited)
            return target with { FileDescriptor = address.FileDescriptor };
        // COMPAT: syslog's port when none is given
        if (address.Kind is AddressKind.IPv4 or AddressKind.IPv6 or AddressKind.Name && address.PortKind == PortKind.None)
            address = address with { PortKind = PortKind.Absolute, Port = 514, PortHigh = 514 };
        return target with { Address = address };
    }

    private static LogFormatKind? Format(DirectiveContext c, string word)
    {
        LogFormatKind? kind = word switch
        {
            "local" => LogFormatKind.Local,
            "rfc3164" => LogFormatKind.Rfc3164,
            "rfc5424" => LogFormatKind.Rfc5424,
            "priority" => LogFormatKind.Priority,
            "short" => LogFormatKind.Short,
            "timed" => LogFormatKind.Timed,
            "iso" => LogFormatKind.Iso,
            "raw" => LogFormatKind.Raw,
            _ => null,
        };
        if (kind is null)
        {
            string hint = Spelling.Hint(word, "local", "rfc3164", "rfc5424", "priority", "short", "timed", "iso", "raw");
            c.Error($"log : unknown log format '{word}'{hint}", word);
        }
        return kind;
    }

    /// <summary>COMPAT: a range of messages has a beginning and an end, in this order.</summary>
    private static string? WrongRange(string ranges) =>
        Array.Find(ranges.Split(','), static r =>
            r.Split('-') is [var low, var high] && !(int.TryParse(low, out int from) && int.TryParse(high, out int to) && from <= to)
        );

    /// <summary>"1,3-5:10": of every 10 messages the first and the third to fifth.</summary>
    private static LogTargetConfig? Sample(DirectiveContext c, string text, LogTargetConfig target)
    {
        int colon = text.IndexOf(':');
        if (colon > 0 && WrongRange(text[..colon]) is { } wrong)
        {
            c.Error($"log : wrong sample range '{wrong}'", wrong);
            return null;
        }
        if (
            colon > 0
            && int.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out int size)
            && size > 0
            && GlobalLimits.Ranges(text[..colon], size, 1) is { } picked
        )
        {
            picked.Sort();
            var ranges = new List<(int, int)>();
            foreach (int i in picked)
            {
                if (ranges.Count > 0 && ranges[^1].Item2 == i)
                    ranges[^1] = (ranges[^1].Item1, i + 1);
                else
                    ranges.Add((i + 1, i + 1));
            }
            return target with { SampleSize = size, SampleRanges = ranges.ToArray() };
        }
        c.Error($"log : bad sampling '{text}', expected ranges:size", text);
        return null;
    }

    private static DirectiveParser FormatLine(Action<ProxyConfig, LogFormatConfig> set) =>
        c =>
        {
            if (c.Expect(1, 1, "a format string") && c.Expressions.ParseLogFormat(c[0], c.Position) is { } format)
                set(c.Proxy, format);
        };

    /// <summary>COMPAT: one argument, never none.</summary>
    private static bool OneWord(DirectiveContext c)
    {
        if (c[0].Length == 0)
            c.Error($"{c.Keyword} expects an argument.", c.Keyword);
        else if (c.Count > 1)
            c.Error($"{c.Keyword} expects only one argument, don't forget to escape spaces!", c[1]);
        else
            return true;
        return false;
    }

    private static void UniqueIdFormat(DirectiveContext c)
    {
        if (OneWord(c) && c.Expressions.ParseName(c[0], RuleSets.HttpRequest, c.Proxy, c.Position) is { } format)
            c.Proxy.UniqueIdFormat = format;
    }

    private static void ErrorFormat(DirectiveContext c)
    {
        if (OneWord(c) && c.Expressions.ParseLogFormat(c[0], c.Position) is { } format)
            c.Proxy.ErrorLogFormat = format;
    }

    internal static readonly DirectiveKeyword[] Keywords =
    [
        new("log", SectionKinds.Global | SectionKinds.Proxies | SectionKinds.Peers, Log, true),
        new("log-tag", SectionKinds.Proxies, c =>
        {
            if (c.Expect(1, 1, "a tag"))
                c.Proxy.LogTag = c[0];
        }),
        new("log-format", SectionKinds.FrontSide, FormatLine((p, f) => (p.LogFormat, p.LogFormatOption) = (f, null))),
        new("log-format-sd", SectionKinds.FrontSide, FormatLine((p, f) => p.LogFormatSd = f)),
        new("error-log-format", SectionKinds.FrontSide, ErrorFormat),
        new("unique-id-format", SectionKinds.Proxies, UniqueIdFormat),
        new("unique-id-header", SectionKinds.FrontSide, c =>
        {
            if (OneWord(c))
                c.Proxy.UniqueIdHeader = c[0];
        }),
    ];
}
