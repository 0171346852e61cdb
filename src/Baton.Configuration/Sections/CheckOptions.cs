// The options of a server line that say how it is checked, and the lines of the global section about all checks.
using System;
using System.Globalization;
using Baton.Configuration.Catalog;
using Baton.Configuration.Directives;
using Baton.Configuration.Model;
using Baton.Configuration.Values;

namespace Baton.Configuration.Sections;

internal static class CheckOptions
{
    private static ServerLine.Option Flag(string name, Action<CheckConfig> set) => new(name, false, (s, _) =>
        {
            set(s.Check);
            return null;
        });

    private static ServerLine.Option Count(string name, Action<CheckConfig, int> set) => new(name, true, (s, v) =>
        {
            if (!int.TryParse(v, NumberStyles.None, CultureInfo.InvariantCulture, out int n))
                return $"expects an integer, got '{v}'";
            if (n == 0)
                return "has to be > 0";
            set(s.Check, n);
            return null;
        });

    /// <summary>COMPAT: zero is as if nothing were said.</summary>
    private static ServerLine.Option Time(string name, Action<CheckConfig, int> set) => new(name, true, (s, v) =>
        {
            string? error = UnitParser.Time(v, TimeUnit.Millisecond, out long ms);
            if (error is null && ms > int.MaxValue || error == UnitParser.Overflow)
                return $"timer overflow in argument '{v}', the maximum is 2147483647 ms (~24.8 days)";
            if (error is null)
                set(s.Check, (int)ms);
            return error;
        });

    private static string? Port(ServerConfig s, string v)
    {
        if (!int.TryParse(v, NumberStyles.None, CultureInfo.InvariantCulture, out int port) || port > ushort.MaxValue)
            return $"expects a port between 1 and 65535, got '{v}'";
        // COMPAT: the agent's as well, unless it has words of its own behind these
        (s.Check.Port, s.Agent.Port) = (port, port);
        return null;
    }

    private static string? Address(ServerConfig s, string v)
    {
        if (AddressParser.Parse(v, AddressUse.Server, out string error) is not { } address)
            return error;
        if (address.PortKind == PortKind.Offset)
            return $"a port offset is not acceptable in '{v}'";
        (s.Check.Address, s.Agent.Address) = (address, address);
        return null;
    }

    /// <summary>The longest host name there can be.</summary>
    private const int LongestName = 253;

    /// <summary>What is wrong with a host name that checks are to ask for; null when nothing is.</summary>
    internal static string? NameFault(string name) =>
        name.Length == 0 ? "missing server name"
        : name.Length > LongestName || name.AsSpan().ContainsAnyExceptInRange('!', '~') ? $"'{name}' is no host name"
        : null;

    private static string? ServerName(ServerConfig s, string v)
    {
        s.Check.ServerName = v;
        return NameFault(v);
    }

    /// <summary>"none" is what a dialogue of bytes speaks; which of them fits the checks is known at the end of the section.</summary>
    private static string? Proto(ServerConfig s, string v)
    {
        s.Check.Proto = v;
        return ProtoFault(v);
    }

    /// <summary>What is wrong with the name of what checks are to speak; null when nothing is.</summary>
    internal static string? ProtoFault(string v) =>
        v is "h1" or "h2" or "none" ? null
        : v is "fcgi" or "spop" ? $"MUX protocol '{v}' is known but not supported by Baton yet"
        : $"unknown MUX protocol '{v}'";

    /// <summary>COMPAT: one thing alone can be asked for, and it has to be said.</summary>
    private static ServerLine.Option Word(string name, string word, Action<CheckConfig> set) => new(name, true, (s, v) =>
        {
            if (v != word)
                return $"expects '{word}' but got '{v}'";
            set(s.Check);
            return null;
        });

    private static string? Observe(ServerConfig s, string v)
    {
        if (v is not ("none" or "layer4" or "layer7"))
            return $"expects one of 'none', 'layer4', 'layer7' but got '{v}'";
        s.Check.Observe = v switch
        {
            "none" => ObservedLayer.None,
            "layer4" => ObservedLayer.Layer4,
            _ => ObservedLayer.Layer7,
        };
        return null;
    }

    private static string? InitState(ServerConfig s, string v)
    {
        InitialState? state = v switch
        {
            "fully-up" => InitialState.FullyUp,
            "up" or "none" => InitialState.Up,
            "down" => InitialState.Down,
            "fully-down" => InitialState.FullyDown,
            _ => null,
        };
        if (state is null)
            return $"expects one of 'none', 'fully-up', 'up', 'down' or 'fully-down' but got '{v}'";
        s.Check.Begins = state.Value;
        return null;
    }

    private static string? OnError(ServerConfig s, string v)
    {
        CheckOnError? action = v switch
        {
            "fastinter" => CheckOnError.FastInter,
            "fail-check" => CheckOnError.FailCheck,
            "sudden-death" => CheckOnError.SuddenDeath,
            "mark-down" => CheckOnError.MarkDown,
            _ => null,
        };
        if (action is null)
            return $"expects one of 'fastinter', 'fail-check', 'sudden-death' or 'mark-down' but got '{v}'";
        s.Check.OnError = action.Value;
        return null;
    }

    internal static readonly ServerLine.Option[] Rows =
    [
        Flag("check", c => c.On = true),
        Flag("no-check", c => c.On = false),
        Time("inter", (c, v) => c.InterMs = v == 0 ? CheckConfig.DefaultInterMs : v),
        Time("fastinter", (c, v) => c.FastInterMs = v),
        Time("downinter", (c, v) => c.DownInterMs = v),
        new("init-state", true, InitState),
        Count("rise", (c, v) => c.Rise = v),
        Count("fall", (c, v) => c.Fall = v),
        new("observe", true, Observe),
        Count("error-limit", (c, v) => c.ErrorLimit = v),
        new("on-error", true, OnError),
        // COMPAT: whole seconds, rounded up
        Time("slowstart", (c, v) => c.SlowStartSeconds = (int)((v + 999L) / 1000)),
        new("track", true, (s, v) =>
        {
            s.Track = v;
            return null;
        }),
        new("port", true, Port),
        new("addr", true, Address),
        Flag("check-send-proxy", c => c.SendProxy = true),
        Flag("no-check-send-proxy", c => c.SendProxy = false),
        Flag("check-via-socks4", c => c.ViaSocks4 = true),
        Flag("check-ssl", c => c.Ssl = true),
        Flag("no-check-ssl", c => c.Ssl = false),
        new("check-sni", true, ServerName),
        Flag("check-sni-auto", c => c.NameIsAutomatic = true),
        Flag("check-reuse-pool", c => c.ReusesPool = true),
        Flag("no-check-reuse-pool", c => c.ReusesPool = false),
        new("check-pool-conn-name", true, (s, v) =>
        {
            s.Check.PoolName = v;
            return v.Length == 0 ? "missing connection name" : null;
        }),
        Flag("no-check-sni-auto", c => c.NameIsAutomatic = false),
        new("healthcheck", true, (s, v) =>
        {
            s.Check.SectionName = v;
            return null;
        }),
        new("check-alpn", true, (s, v) => TlsOptionWords.Protocols(v, w => s.Check.Alpn = w)),
        new("check-proto", true, Proto),
        Word("on-marked-down", "shutdown-sessions", c => c.EndsSessionsWhenDown = true),
        Word("on-marked-up", "shutdown-backup-sessions", c => c.EndsBackupSessionsWhenUp = true),
    ];

    private const int MostSpread = 50;

    private static void Spread(DirectiveContext c)
    {
        if (c.Expect(1, 1, "an integer argument (0..50)") && c.Integer(0, 0, MostSpread, out int percent))
            c.Global.SpreadChecks = percent;
    }

    private static void MaxSpread(DirectiveContext c)
    {
        if (c.Expect(1, 1, "a time") && c.Time(0, out int ms))
            c.Global.MaxSpreadChecksMs = ms;
    }

    internal static readonly DirectiveKeyword[] Keywords =
    [
        new("spread-checks", SectionKinds.Global, Spread),
        new("max-spread-checks", SectionKinds.Global, MaxSpread),
    ];
}
