// "bind ADDRESS[,...] [options]". The options are rows too; "stats socket" shares them.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using Baton.Configuration.Catalog;
using Baton.Configuration.Directives;
using Baton.Configuration.Model;
using Baton.Configuration.Values;

namespace Baton.Configuration.Sections;

internal static class BindLine
{
    /// <summary>Reads the option's value (if it takes one) and stores it. Returns what is wrong, or null.</summary>
    internal delegate string? OptionParser(BindConfig bind, string value);

    internal sealed record Option(string Name, bool TakesValue, OptionParser Parse);

    private static void Bind(DirectiveContext c)
    {
        if (c.Count == 0)
        {
            c.Error("'bind' expects {<path>|[addr1]:port1[-end1]}{,[addr]:port[-end]}... as arguments.", "bind");
            return;
        }
        var bind = new BindConfig { Position = c.Position };
        // COMPAT: a comma may stand at the end
        foreach (string part in (c[0].EndsWith(',') ? c[0][..^1] : c[0]).Split(','))
            if (c.Address(part, AddressUse.Bind) is { } address)
                bind.Addresses.Add(address);
        Options(c, bind, 1, cli: false);
        if (bind.Id > 0 && (bind.Addresses.Count > 1 || bind.Addresses.Exists(a => a.PortHigh > a.Port)))
            c.Error($"'bind {c[0]}' in section '{c.SectionWord}': 'id' can only be used with a single socket.", "id");
        c.Proxy.Binds.Add(bind);
    }

    internal static void Options(DirectiveContext c, BindConfig bind, int from, bool cli)
    {
        for (int i = from; i < c.Count; i++)
        {
            string word = c[i];
            if (TlsBindOptions.Find(word) is { } tls)
            {
                if (!Tls(c, bind, tls, ref i))
                    return;
                continue;
            }
            if (!Table.TryGetValue(word, out Option? option))
            {
                KeywordVerdict verdict = KeywordVerdict.Of(KeywordFamily.BindOption, "keyword", word);
                string message = $"'{(cli ? "stats socket" : "bind")} {c[0]}' in section '{c.SectionWord}': {verdict.Message}";
                if (verdict.IsError)
                    c.Error(message, word);
                else
                    c.Diagnostics.Notice(c.Position, message);
                if (KeywordCatalog.Find(KeywordFamily.BindOption, word) is not { } known)
                    return;
                if (known.Arguments.Length > 0 && !(known.Arguments[0] == '[' && known.Arguments[^1] == ']'))
                    _ = c[++i];
                continue;
            }
            // what is spoken there is not HTTP
            if (cli && word == "proto")
                c.Error($"'stats socket {c[0]}' in section '{c.SectionWord}': keyword '{word}' : not supported by Baton here yet", word);
            string value = "";
            if (option.TakesValue)
            {
                if (i + 1 >= c.Count)
                {
                    c.Error($"'bind {c[0]}' in section '{c.SectionWord}': '{word}' : missing value.", word);
                    return;
                }
                value = c[++i];
            }
            if (word == "process")
                c.Warning(
                    $"'bind {c[0]}' in section '{c.SectionWord}': 'process {value}' is deprecated and was removed in HAProxy 2.7; use 'thread'.",
                    word
                );
            if (option.Parse(bind, value) is { } error)
                c.Error($"'bind {c[0]}' in section '{c.SectionWord}': '{word}' : {error}.", word);
        }
    }

    private static bool Tls(DirectiveContext c, BindConfig bind, TlsOption option, ref int i)
    {
        string value = "";
        if (option.TakesValue)
        {
            if (i + 1 >= c.Count)
            {
                c.Error($"'bind {c[0]}' in section '{c.SectionWord}': '{option.Name}' : missing value.", option.Name);
                return false;
            }
            value = c[++i];
        }
        if (option.Parse(bind.Tls, c.Global.Tls, value) is { } error)
            c.Error($"'bind {c[0]}' in section '{c.SectionWord}': '{option.Name}' : {error}.", value.Length > 0 ? value : option.Name);
        return true;
    }

    private static string? Integer(string text, int min, int max, Action<int> set)
    {
        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int v) || v < min || v > max)
            return $"expects an integer between {min} and {max}, got '{text}'";
        set(v);
        return null;
    }

    private static string? Mode(BindConfig b, string v)
    {
        int mode = 0;
        foreach (char ch in v)
        {
            if (ch is < '0' or > '7')
                return $"invalid mode '{v}'";
            mode = mode * 8 + ch - '0';
        }
        b.UnixMode = mode;
        return null;
    }

    private static string? Account(string file, string v, Action<int> set)
    {
        int id = AccountNames.Find(file, v, 2, out _);
        if (id < 0)
            return $"'{v}' unknown";
        set(id);
        return null;
    }

    private static string? Level(BindConfig b, string v)
    {
        switch (v)
        {
            case "user":
                b.Level = CliLevel.User;
                return null;
            case "operator":
                b.Level = CliLevel.Operator;
                return null;
            case "admin":
                b.Level = CliLevel.Admin;
                return null;
            default:
                return $"'level' only supports 'user', 'operator', and 'admin' (got '{v}'){Spelling.Hint(v, "user", "operator", "admin")}";
        }
    }

    private static string? Severity(BindConfig b, string v)
    {
        int at = Array.IndexOf(["none", "number", "string"], v);
        if (at < 0)
            return $"'severity-output' only supports 'none', 'number', and 'string' (got '{v}')";
        b.SeverityOutput = (SeverityOutput)at;
        return null;
    }

    private static string? Threads(BindConfig b, string v)
    {
        int slash = v.IndexOf('/');
        // COMPAT: "1/2-3" names a thread group; there is one group here
        if (slash >= 0 && v[..slash] != "1")
            return $"thread group '{v[..slash]}' does not exist, there is group 1 only";
        string set = slash >= 0 ? v[(slash + 1)..] : v;
        List<int>? list = GlobalLimits.Ranges(set, GlobalLimits.MaxThreads, 1);
        if (list is null)
            return $"'{set}' is not a valid number/range. It supports numbers from 1 to {GlobalLimits.MaxThreads}";
        b.Threads = list.ToArray();
        return null;
    }

    private static string? Shards(BindConfig b, string v)
    {
        if (v is "by-thread" or "by-group")
        {
            b.Shards = v == "by-thread" ? -1 : 0;
            return null;
        }
        return Integer(v, 1, 1000, n => b.Shards = n);
    }

    /// <summary>A network namespace has a file of its name (ip-netns(8)).</summary>
    internal static string? Namespace(string name) => File.Exists("/var/run/netns/" + name) ? null : $"cannot open namespace '{name}'";

    private static string? Time(string v, Action<int> set)
    {
        string? error = UnitParser.Time(v, TimeUnit.Millisecond, out long ms);
        if (error is null && ms > int.MaxValue)
            error = $"'{v}' is more than {int.MaxValue} ms (24.8 days)";
        set((int)Math.Min(ms, int.MaxValue));
        return error;
    }

    private static string? Proto(BindConfig b, string v)
    {
        if (v is "h1" or "h2" or "none")
        {
            b.Proto = v;
            return null;
        }
        return v is "fcgi" or "quic" ? $"MUX protocol '{v}' is known but not supported by Baton yet" : $"unknown MUX protocol '{v}'";
    }

    private static Option Flag(string name, Action<BindConfig> set) => new(name, false, (b, _) =>
        {
            set(b);
            return null;
        });

    internal static readonly Option[] OptionRows =
    [
        Flag("accept-proxy", b => b.AcceptProxy = true),
        new("backlog", true, (b, v) => Integer(v, 0, int.MaxValue, n => b.Backlog = n)),
        Flag("defer-accept", b => b.DeferAccept = true),
        new("expose-fd", true, (b, v) =>
        {
            if (v != "listeners")
                return $"'expose-fd' only supports 'listeners' (got '{v}')";
            b.ExposeListeners = true;
            return null;
        }),
        new("gid", true, (b, v) => Integer(v, 0, int.MaxValue, n => b.UnixGid = n)),
        new("group", true, (b, v) => Account("/etc/group", v, id => b.UnixGid = id)),
        new("id", true, (b, v) => Integer(v, 1, int.MaxValue, n => b.Id = n)),
        new("interface", true, (b, v) =>
        {
            b.Interface = v;
            return null;
        }),
        new("level", true, Level),
        new("maxconn", true, (b, v) => Integer(v, 0, int.MaxValue, n => b.MaxConn = n)),
        new("mode", true, Mode),
        new("mss", true, (b, v) =>
            v == "0" ? "expects a size or, below zero, how much to leave out of it" : Integer(v, -65535, 65535, n => b.Mss = n)
        ),
        new("name", true, (b, v) =>
        {
            b.Name = v;
            return null;
        }),
        new("namespace", true, (b, v) =>
        {
            b.Namespace = v;
            return Namespace(v);
        }),
        new("process", true, (b, v) => v.Contains('/') ? Threads(b, v) : null),
        new("proto", true, Proto),
        new("severity-output", true, Severity),
        new("shards", true, Shards),
        new("idle-ping", true, (b, v) => Time(v, n => b.IdlePingMs = n)),
        new("tcp-ut", true, (b, v) => Time(v, n => b.TcpUserTimeoutMs = n)),
        Flag("tfo", b => b.TcpFastOpen = true),
        new("thread", true, Threads),
        new("tcp-ss", true, (b, v) => Integer(v, 0, 2, n => b.SaveSyn = n)),
        Flag("transparent", b => b.Transparent = true),
        new("uid", true, (b, v) => Integer(v, 0, int.MaxValue, n => b.UnixUid = n)),
        new("user", true, (b, v) => Account("/etc/passwd", v, id => b.UnixUid = id)),
        Flag("v4v6", b => b.V4V6 = true),
        Flag("v6only", b => b.V6Only = true),
    ];

    private static readonly Dictionary<string, Option> Table = Index();

    private static Dictionary<string, Option> Index()
    {
        var map = new Dictionary<string, Option>();
        foreach (Option o in OptionRows)
            map[o.Name] = o;
        return map;
    }

    internal static readonly DirectiveKeyword[] Keywords = [new("bind", SectionKinds.Frontends, Bind)];
}
