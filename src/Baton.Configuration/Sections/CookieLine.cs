// Persistence: "cookie", "dynamic-cookie-key", "force-persist", "ignore-persist" and "use-server".
using System;
using System.Collections.Generic;
using System.Globalization;
using Baton.Configuration.Catalog;
using Baton.Configuration.Directives;
using Baton.Configuration.Expressions;
using Baton.Configuration.Model;
using Baton.Configuration.Values;

namespace Baton.Configuration.Sections;

internal static class CookieLine
{
    private static void Cookie(DirectiveContext c)
    {
        if (c.Count == 0)
        {
            c.Error("'cookie' expects <cookie_name> as argument.", "cookie");
            return;
        }
        var cookie = new CookieConfig { Name = c[0] };
        int modes = 0;
        for (int i = 1; i < c.Count; i++)
        {
            CookieConfig? next = Flag(cookie, c[i], ref modes) ?? WithValue(c, cookie, ref i);
            if (next is null)
                return;
            cookie = next;
        }
        if (modes > 1)
            c.Error("cookie 'rewrite', 'insert' and 'prefix' modes are incompatible.", c[0]);
        else if (cookie.Mode == CookieMode.Rewrite && cookie.Indirect)
            c.Error("cookie 'rewrite' and 'indirect' modes are incompatible.", "indirect");
        else if (cookie.Preserve && cookie.Mode != CookieMode.Insert && !cookie.Indirect)
            c.Error("cookie 'preserve' requires at least 'insert' or 'indirect'.", "preserve");
        else
            c.Proxy.Cookie = cookie;
    }

    private static CookieConfig? Flag(CookieConfig cookie, string word, ref int modes)
    {
        switch (word)
        {
            case "rewrite" or "insert" or "prefix":
                CookieMode mode =
                    word == "rewrite" ? CookieMode.Rewrite
                    : word == "insert" ? CookieMode.Insert
                    : CookieMode.Prefix;
                if (cookie.Mode != mode)
                    modes++;
                return cookie with { Mode = mode };
            case "indirect":
                return cookie with { Indirect = true };
            case "nocache":
                return cookie with { NoCache = true };
            case "postonly":
                return cookie with { PostOnly = true };
            case "preserve":
                return cookie with { Preserve = true };
            case "httponly":
                return cookie with { HttpOnly = true };
            case "secure":
                return cookie with { Secure = true };
            case "dynamic":
                return cookie with { Dynamic = true };
            default:
                return null;
        }
    }

    private static readonly string[] s_words =
    [
        "rewrite",
        "insert",
        "prefix",
        "indirect",
        "nocache",
        "postonly",
        "preserve",
        "httponly",
        "secure",
        "domain",
        "maxidle",
        "maxlife",
        "dynamic",
        "attr",
    ];

    private static CookieConfig? WithValue(DirectiveContext c, CookieConfig cookie, ref int i)
    {
        string word = c[i],
            value = c[i + 1];
        if (word is not ("domain" or "attr" or "maxidle" or "maxlife"))
        {
            c.Error(
                "'cookie' supports 'rewrite', 'insert', 'prefix', 'indirect', 'nocache', 'postonly', 'preserve', 'httponly', 'secure', 'domain', 'maxidle', 'maxlife', 'dynamic' and 'attr' options"
                    + Spelling.Hint(word, s_words)
                    + ".",
                word
            );
            return null;
        }
        if (i + 1 >= c.Count)
        {
            c.Error(
                $"'{word}' expects {(word == "domain" ? "<domain>" : word == "attr" ? "<value>" : word == "maxidle" ? "<idletime> in seconds" : "<lifetime> in seconds")} as argument.",
                word
            );
            return null;
        }
        i++;
        if (word is "maxidle" or "maxlife")
            return Seconds(c, cookie, word, value);
        foreach (char ch in value)
        {
            if (!char.IsControl(ch) && ch != ';' && (word == "attr" || ch != ' ' && ch != ','))
                continue;
            c.Error($"character '{ch}' is not permitted in {(word == "domain" ? $"domain name '{value}'" : "attribute value")}.", value);
            return null;
        }
        if (word == "attr")
            return cookie with { Attributes = [.. cookie.Attributes, value] };
        // the first character may be the dot that opens it to sub-domains
        if (value.IndexOf('.', Math.Min(1, value.Length)) < 0)
            c.Warning($"domain '{value}' contains no embedded dot, this configuration may not work properly (see RFC6265#5.2.3).", value);
        return cookie with { Domains = [.. cookie.Domains, value] };
    }

    private static CookieConfig? Seconds(DirectiveContext c, CookieConfig cookie, string word, string value)
    {
        string? error = UnitParser.Time(value, TimeUnit.Second, out long ms);
        long seconds = (ms + 999) / 1000;
        if (error is null && seconds <= int.MaxValue)
            return word == "maxidle" ? cookie with { MaxIdle = (int)seconds } : cookie with { MaxLife = (int)seconds };
        c.Error(
            error is null
                ? $"timer overflow in argument <{value}> to <{word}>, maximum value is 2147483647 s (~68 years)."
                : $"{error} in argument to <{word}>.",
            value
        );
        return null;
    }

    private static AclConditionConfig? Condition(DirectiveContext c, int from)
    {
        if (c[from] is not ("if" or "unless"))
        {
            c.Error($"'{c.Keyword}' requires either 'if' or 'unless' followed by a condition.", c.Count > from ? c[from] : c.Keyword);
            return null;
        }
        return c.Expressions.ParseCondition(c.Arguments[from..], c.Proxy, c.Position, RuleSets.UseServer);
    }

    private static void Persist(DirectiveContext c, bool force)
    {
        if (Condition(c, 0) is { } condition)
            c.Proxy.PersistRules.Add(new PersistRuleConfig(force, condition, c.Position));
    }

    private static void UseServer(DirectiveContext c)
    {
        if (c.Count == 0)
        {
            c.Error("'use-server' expects a server name.", "use-server");
            return;
        }
        LogFormatConfig? name = c.Expressions.ParseName(c[0], RuleSets.UseServer, c.Proxy, c.Position);
        if (name is not null && Condition(c, 1) is { } condition)
            c.Proxy.UseServers.Add(new UseServerConfig(name, condition, c.Position));
    }

    private static void Key(DirectiveContext c)
    {
        if (c.Count == 0)
            c.Error("'dynamic-cookie-key' expects <secret_key> as argument.", c.Keyword);
        else
            c.Proxy.DynamicCookieKey = c[0];
    }

    internal static readonly DirectiveKeyword[] Keywords =
    [
        new("cookie", SectionKinds.BackSide, Cookie),
        new("dynamic-cookie-key", SectionKinds.BackSide, Key),
        new("force-persist", SectionKinds.Backends, c => Persist(c, true)),
        new("ignore-persist", SectionKinds.Backends, c => Persist(c, false)),
        new("use-server", SectionKinds.Backends, UseServer),
    ];
}
