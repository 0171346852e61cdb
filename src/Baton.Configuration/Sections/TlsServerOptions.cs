// Options of TLS of server lines. "sni" is read here too: its expression needs the parser of expressions.
using System;
using System.Collections.Generic;
using Baton.Configuration.Directives;
using Baton.Configuration.Expressions;
using Baton.Configuration.Lexing;
using Baton.Configuration.Model;

namespace Baton.Configuration.Sections;

internal static class TlsServerOptions
{
    public const string ServerName = "sni",
        PoolName = "pool-conn-name";

    /// <summary>What can be known when a connection is made.</summary>
    private const SampleNeeds Known =
        SampleNeeds.Client
        | SampleNeeds.Session
        | SampleNeeds.Frontend
        | SampleNeeds.Backend
        | SampleNeeds.Transaction
        | SampleNeeds.RequestPayload
        | SampleNeeds.RequestHead
        | SampleNeeds.RequestBody
        | SampleNeeds.RequestLine;

    private static TlsOption Own(string name, Action<TlsServerConfig> set) => new(name, false, TlsPlaces.Server, (o, _, _) =>
        {
            set((TlsServerConfig)o);
            return null;
        });

    private static string? Certificate(TlsOptionsConfig o, TlsGlobalConfig g, string v)
    {
        if (v.Length == 0)
            return "missing certificate location";
        ((TlsServerConfig)o).Certificate = g.CertificateFile(v);
        return null;
    }

    private static string? VerifyHost(TlsOptionsConfig o, TlsGlobalConfig g, string v)
    {
        if (v.Length == 0)
            return "missing hostname to verify against";
        ((TlsServerConfig)o).VerifyHost = v;
        return null;
    }

    private static readonly TlsOption[] OwnRows =
    [
        new("crt", true, TlsPlaces.Server, Certificate),
        // OpenSSL renegotiates with nobody, and our records know no renegotiation
        Own("no-renegotiate", _ => { }),
        Own("no-ssl", s => s.IsOn = false),
        Own("no-ssl-reuse", s => s.NoReuse = true),
        Own("no-verifyhost", s => s.VerifyHost = null),
        Own("ssl", s => s.IsOn = s.IsPrepared = true),
        Own("ssl-reuse", s => s.NoReuse = false),
        new("verifyhost", true, TlsPlaces.Server, VerifyHost),
    ];

    internal static readonly TlsOption[] Rows =
    [
        .. OwnRows,
        .. Array.FindAll(TlsOptionWords.Rows, r => (r.Places & TlsPlaces.Server) != 0),
    ];

    private static readonly Dictionary<string, TlsOption> Table = Index();

    private static Dictionary<string, TlsOption> Index()
    {
        var map = new Dictionary<string, TlsOption>(Rows.Length);
        foreach (TlsOption row in Rows)
            map[row.Name] = row;
        return map;
    }

    internal static TlsOption? Find(string word) => Table.GetValueOrDefault(word);

    /// <summary>The option at <paramref name="i"/>; leaves i at its last word. False when the rest of the line cannot be judged.</summary>
    internal static bool Read(DirectiveContext c, ServerConfig server, TlsOption option, string who, ref int i)
    {
        string value = "";
        if (option.TakesValue)
        {
            if (i + 1 >= c.Count)
            {
                c.Error($"{who} : '{option.Name}' expects an argument.", option.Name);
                return false;
            }
            value = c[++i];
        }
        if (option.Parse(server.Tls ??= new TlsServerConfig(), c.Global.Tls, value) is { } error)
            c.Error($"{who} : '{option.Name}' : {error}.", value.Length > 0 ? value : option.Name);
        return true;
    }

    /// <summary>Words that name the server by the request's Host, or take that back.</summary>
    internal static readonly string[] AutomaticName = ["sni-auto", "no-sni-auto"];

    /// <summary>False when the word is none of them. What "sni" says goes before it.</summary>
    internal static bool ReadAutomaticName(DirectiveContext c, ServerConfig server, string word)
    {
        if (Array.IndexOf(AutomaticName, word) < 0)
            return false;
        TlsServerConfig tls = server.Tls ??= new TlsServerConfig();
        if (word == "no-sni-auto")
        {
            if (tls.NameIsAutomatic)
                tls.ServerName = null;
            tls.NameIsAutomatic = false;
        }
        else if (tls.ServerName is null)
        {
            ReadOnlySpan<Word> expression = [new Word("req.hdr(host),host_only", 0, false)];
            tls.ServerName = c.Expressions.ParseSample(expression, c.Position, Known, out _);
            tls.NameIsAutomatic = true;
        }
        return true;
    }

    /// <summary>"sni EXPRESSION" or "pool-conn-name EXPRESSION" at <paramref name="i"/>; leaves i at its last word. False when the rest of
    /// the line cannot be judged.</summary>
    internal static bool ReadServerName(DirectiveContext c, ServerConfig server, string who, ref int i)
    {
        if (i + 1 >= c.Count || c[i + 1].Length == 0)
        {
            c.Error($"{who} : '{c[i]}' : missing {c[i]} expression.", c[i]);
            return false;
        }
        bool isPoolName = c[i] == PoolName;
        ReadOnlySpan<Word> expression = [new Word(c[++i], 0, false)];
        if (c.Expressions.ParseSample(expression, c.Position, Known, out _) is not { } sample)
            return true;
        if (isPoolName)
            server.PoolConnName = sample;
        else
        {
            server.Tls ??= new TlsServerConfig();
            (server.Tls.ServerName, server.Tls.NameIsAutomatic) = (sample, false);
        }
        return true;
    }
}
