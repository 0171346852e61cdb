// "option httpchk", "option tcp-check" and the "http-check" and "tcp-check" lines that say what a check sends and expects.
using System;
using System.Collections.Generic;
using System.Globalization;
using Baton.Configuration.Catalog;
using Baton.Configuration.Directives;
using Baton.Configuration.Expressions;
using Baton.Configuration.Model;
using Baton.Configuration.Values;
using Baton.Core.Text;

namespace Baton.Configuration.Sections;

internal static class CheckLines
{
    /// <summary>Where lines of checks stand.</summary>
    internal const SectionKinds Sections = SectionKinds.BackSide | SectionKinds.HealthCheck;

    /// <summary>COMPAT: one such option at a time; "no" goes back to connecting only.</summary>
    private static void SetKind(DirectiveContext c, CheckKind kind)
    {
        HealthCheckConfig check = c.Proxy.HealthCheck;
        if (!c.IsNo)
            (check.Kind, check.Position) = (kind, c.Position);
        else if (check.Kind == kind)
            check.Kind = CheckKind.Connect;
    }

    internal static void Plain(DirectiveContext c, CheckKind kind)
    {
        if (c.Expect(0, 0, "no argument"))
            SetKind(c, kind);
    }

    private static void Smtp(DirectiveContext c)
    {
        if (!c.Expect(0, 2, "[<hello> <domain>]"))
            return;
        if (c.Count == 1 || c.Count == 2 && c[0] is not ("HELO" or "EHLO"))
        {
            c.Error("'option smtpchk' expects 'HELO' or 'EHLO' and a domain, or nothing.", c[0]);
            return;
        }
        SetKind(c, CheckKind.Smtp);
        c.Proxy.HealthCheck.Hello = c.Count == 2 ? $"{c[0]} {c[1]}" : HealthCheckConfig.DefaultHello;
    }

    private static void PgSql(DirectiveContext c)
    {
        if (c.IsNo || c.Count == 2 && c[0] == "user")
        {
            SetKind(c, CheckKind.PgSql);
            c.Proxy.HealthCheck.User = c.IsNo ? null : c[1];
        }
        else
            c.Error("'option pgsql-check' expects 'user <username>'.", c.Count > 0 ? c[0] : "option");
    }

    private static void MySql(DirectiveContext c)
    {
        bool hasUser = c.Count is 2 or 3 && c[0] == "user";
        if (c.Count > 0 && !hasUser || c.Count == 3 && c[2] is not ("post-41" or "pre-41"))
        {
            c.Error("'option mysql-check' expects '[user <username> [post-41 | pre-41]]'.", c.Count == 3 ? c[2] : c[0]);
            return;
        }
        SetKind(c, CheckKind.MySql);
        (c.Proxy.HealthCheck.User, c.Proxy.HealthCheck.Pre41) = (hasUser ? c[1] : null, c.Count == 3 && c[2] == "pre-41");
    }

    private static void HttpCheck(DirectiveContext c)
    {
        if (!c.Expect(0, 4, "[<method>] [<uri>] [<version>] [<host>]"))
            return;
        SetKind(c, CheckKind.Http);
        HealthCheckConfig check = c.Proxy.HealthCheck;
        check.Headers.Clear();
        check.Body = null;
        (check.Method, check.Uri, check.Version) = (
            c.Count > 1 ? c[0] : HealthCheckConfig.DefaultMethod,
            c.Count > 1 ? c[1]
            : c.Count == 1 ? c[0]
            : HealthCheckConfig.DefaultUri,
            HealthCheckConfig.DefaultVersion
        );
        if (c.Count > 2)
            Version(c, check, c[2]);
        if (c.Count > 3)
            check.Headers.Add(("host", c[3]));
    }

    /// <summary>COMPAT: before there was "http-check send", header fields stood behind the version.</summary>
    private static void Version(DirectiveContext c, HealthCheckConfig check, string text)
    {
        int end = text.IndexOf("\r\n", StringComparison.Ordinal);
        check.Version = end < 0 ? text : text[..end];
        if (!IsVersion(check.Version))
        {
            c.Error($"'option httpchk' : '{check.Version}' is no version of HTTP, like 'HTTP/1.1'.", check.Version);
            return;
        }
        if (end < 0)
            return;
        c.Warning(
            "'option httpchk' : hiding headers or body at the end of the version string is deprecated. Please, consider to use 'http-check send' directive instead.",
            "option"
        );
        string rest = text[(end + 2)..];
        int body = rest.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (body >= 0 && body + 4 < rest.Length)
            check.Body = ByteText.GetBytes(rest[(body + 4)..]);
        foreach (string line in (body < 0 ? rest : rest[..body]).Split("\r\n", StringSplitOptions.RemoveEmptyEntries))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0)
                c.Error($"'option httpchk' : '{line}' is no header field.", line);
            else
                check.Headers.Add((line[..colon].Trim().ToLowerInvariant(), line[(colon + 1)..].Trim()));
        }
    }

    private static bool IsVersion(string text) =>
        text is ['H', 'T', 'T', 'P', '/', var major, '.', var minor] && char.IsAsciiDigit(major) && char.IsAsciiDigit(minor);

    private static CheckRuleConfig Rule(DirectiveContext c, CheckRuleKind kind) => new() { Kind = kind, Position = c.Position };

    private static void Comment(DirectiveContext c, bool http)
    {
        if (!c.Expect(1, 1, "a text"))
            return;
        CheckRuleConfig rule = Rule(c, CheckRuleKind.Comment);
        rule.Comment = c[0];
        c.Proxy.HealthCheck.Add(rule, http);
    }

    /// <summary>The word behind the one at <paramref name="i"/>, which moves there; false when there is none.</summary>
    internal static bool Value(DirectiveContext c, ref int i, out string value)
    {
        value = "";
        if (i + 1 >= c.Count)
        {
            c.Error($"'{c.Keyword}' : '{c[i]}' expects an argument.", c[i]);
            return false;
        }
        value = c[++i];
        return true;
    }

    private static void Connect(DirectiveContext c, bool http)
    {
        CheckRuleConfig rule = Rule(c, CheckRuleKind.Connect);
        for (int i = 0; i < c.Count; i++)
        {
            switch (c[i])
            {
                case "default":
                    rule.IsDefault = true;
                    break;
                case "ssl":
                    rule.Ssl = true;
                    break;
                case "sni":
                    if (!Value(c, ref i, out string host))
                        return;
                    if (CheckOptions.NameFault(host) is { } fault)
                    {
                        c.Error($"'{c.Keyword}' : 'sni' : {fault}.", host);
                        return;
                    }
                    rule.ServerName = host;
                    break;
                case "send-proxy":
                    rule.SendProxy = true;
                    break;
                case "via-socks4":
                    rule.ViaSocks4 = true;
                    break;
                case "linger":
                    rule.Linger = true;
                    break;
                case "comment":
                    if (!Value(c, ref i, out string comment))
                        return;
                    rule.Comment = comment;
                    break;
                case "port":
                    if (!Value(c, ref i, out string port) || !Port(c, rule, port, i))
                        return;
                    break;
                case "addr":
                    if (!Value(c, ref i, out string address))
                        return;
                    rule.Address = c.Address(address, AddressUse.Server);
                    if (rule.Address is null)
                        return;
                    break;
                case "alpn":
                case "proto":
                    if (!Protocol(c, rule, http, ref i))
                        return;
                    break;
                default:
                    Unknown(
                        c,
                        c[i],
                        [],
                        "'comment', 'port', 'addr', 'send-proxy', 'via-socks4', 'ssl', 'sni', 'alpn', 'proto', 'linger' or 'default'"
                    );
                    return;
            }
        }
        c.Proxy.HealthCheck.Add(rule, http);
    }

    /// <summary>What is spoken, or offered. COMPAT: "none" is what a dialogue of bytes speaks, and all that it can.</summary>
    private static bool Protocol(DirectiveContext c, CheckRuleConfig rule, bool http, ref int i)
    {
        string word = c[i];
        if (!Value(c, ref i, out string value))
            return false;
        string? fault = null;
        if (word == "alpn")
            fault = TlsOptionWords.Protocols(value, w => rule.Alpn = w);
        else if (value is "h1" or "h2" or "none" && value == "none" == http || value is "fcgi" or "spop" && !http)
            fault = $"invalid MUX protocol '{value}' for {(http ? "http-check" : "tcp-check")}";
        else
            fault = CheckOptions.ProtoFault(value);
        if (word == "proto")
            rule.Proto = value;
        if (fault is null)
            return true;
        c.Error($"'{c.Keyword}' : '{word}' : {fault}.", value);
        return false;
    }

    /// <summary>A number, or a sample.</summary>
    private static bool Port(DirectiveContext c, CheckRuleConfig rule, string text, int at)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port is > 0 and <= ushort.MaxValue)
        {
            rule.Port = port;
            return true;
        }
        if (text.Length > 0 && char.IsAsciiLetter(text[0]))
            return (rule.PortSample = CheckValues.Sample(c, at)) is not null;
        c.Error($"'{c.Keyword}' : 'port' : expects a port from 1 to 65535, got '{text}'.", text);
        return false;
    }

    /// <summary>A word that is not ours: one that is known, or one that nobody knows.</summary>
    internal static void Unknown(DirectiveContext c, string word, string[] known, string expected)
    {
        if (Array.IndexOf(known, word) >= 0)
            c.Error($"'{c.Keyword}' : '{word}' : known HAProxy keyword, not supported by Baton yet.", word);
        else
            c.Error($"'{c.Keyword}' : expects {expected}, but got '{word}'.", word);
    }

    private static void SendText(DirectiveContext c, Func<string, byte[]?> bytes)
    {
        if (c.Count is not (1 or 3) || c.Count == 3 && c[1] != "comment")
        {
            c.Error($"'{c.Keyword}' expects what is sent, and perhaps 'comment <msg>'.", c.Count > 1 ? c[1] : c.Keyword);
            return;
        }
        CheckRuleConfig rule = Rule(c, CheckRuleKind.Send);
        rule.Data = bytes(c[0]);
        rule.Comment = c.Count == 3 ? c[2] : "";
        if (rule.Data is null)
            c.Error($"'{c.Keyword}' expects hexadecimal digits in pairs, got '{c[0]}'.", c[0]);
        else
            c.Proxy.HealthCheck.Add(rule, http: false);
    }

    internal static byte[]? Hex(string text)
    {
        try
        {
            return Convert.FromHexString(text);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static void SendHttp(DirectiveContext c)
    {
        CheckRuleConfig rule = Rule(c, CheckRuleKind.Send);
        for (int i = 0; i < c.Count; i++)
        {
            string word = c[i];
            if (word is not ("meth" or "uri" or "uri-lf" or "ver" or "hdr" or "body" or "body-lf" or "comment"))
            {
                Unknown(c, word, [], "'meth', 'uri', 'uri-lf', 'ver', 'hdr', 'body', 'body-lf' or 'comment'");
                return;
            }
            if (!Value(c, ref i, out string value))
                return;
            switch (word)
            {
                case "meth":
                    rule.Method = value;
                    break;
                case "uri":
                    (rule.Uri, rule.UriFormat) = (value, null);
                    break;
                case "uri-lf":
                    if ((rule.UriFormat = CheckValues.Format(c, value)) is null)
                        return;
                    break;
                case "body-lf":
                    if ((rule.BodyFormat = CheckValues.Format(c, value)) is null)
                        return;
                    break;
                case "ver":
                    rule.Version = value;
                    if (!IsVersion(value))
                        c.Error($"'http-check send' : '{value}' is no version of HTTP, like 'HTTP/1.1'.", value);
                    break;
                case "body":
                    (rule.Body, rule.BodyFormat) = (ByteText.GetBytes(value), null);
                    break;
                case "comment":
                    rule.Comment = value;
                    break;
                default:
                    if (!Value(c, ref i, out string format) || CheckValues.Format(c, format) is not { } text)
                        return;
                    // COMPAT: what frames the message is not for the configuration to say
                    if (
                        !value.Equals("content-length", StringComparison.OrdinalIgnoreCase)
                        && !value.Equals("transfer-encoding", StringComparison.OrdinalIgnoreCase)
                    )
                        rule.Headers.Add((value.ToLowerInvariant(), text));
                    break;
            }
        }
        c.Proxy.HealthCheck.Add(rule, http: true);
    }

    private static DirectiveKeyword Switch(string name, Action<HealthCheckConfig> set) => new(name, Sections, c =>
        {
            if (c.Expect(0, 0, "no argument"))
                set(c.Proxy.HealthCheck);
        });

    private static IEnumerable<DirectiveKeyword> Both(string name, Action<DirectiveContext, bool> read) =>
        [new("http-check " + name, Sections, c => read(c, true)), new("tcp-check " + name, Sections, c => read(c, false))];

    internal static readonly DirectiveKeyword[] Keywords =
    [
        new("option httpchk", SectionKinds.BackSide, HttpCheck, true),
        new("option tcp-check", SectionKinds.BackSide, c => Plain(c, CheckKind.Tcp), true),
        new("option ssl-hello-chk", SectionKinds.BackSide, c => Plain(c, CheckKind.SslHello), true),
        new("option redis-check", SectionKinds.BackSide, c => Plain(c, CheckKind.Redis), true),
        new("option spop-check", SectionKinds.BackSide, c => Plain(c, CheckKind.Spop), true),
        new("option ldap-check", SectionKinds.BackSide, c => Plain(c, CheckKind.Ldap), true),
        new("option smtpchk", SectionKinds.BackSide, Smtp, true),
        new("option pgsql-check", SectionKinds.BackSide, PgSql, true),
        new("option mysql-check", SectionKinds.BackSide, MySql, true),
        Switch("http-check disable-on-404", static h => h.DisableOn404 = true),
        Switch("http-check send-state", static h => h.SendState = true),
        new("http-check send", Sections, SendHttp),
        new("tcp-check send", Sections, c => SendText(c, ByteText.GetBytes)),
        new("tcp-check send-binary", Sections, c => SendText(c, Hex)),
        .. Both("comment", Comment),
        .. Both("connect", Connect),
        .. Both("expect", CheckExpectLine.Read),
    ];
}
