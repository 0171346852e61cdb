// Options of TLS of bind lines.
using System;
using System.Collections.Generic;
using Baton.Configuration.Model;

namespace Baton.Configuration.Sections;

internal static class TlsBindOptions
{
    private static TlsOption Own(string name, Action<TlsBindConfig> set) => new(name, false, TlsPlaces.Bind, (o, _, _) =>
        {
            set((TlsBindConfig)o);
            return null;
        });

    private static TlsOption Certificates(string name, bool isList = false, bool isDefault = false) =>
        new(name, true, TlsPlaces.Bind, (o, g, v) =>
        {
            if (v.Length == 0)
                return isList ? "missing crt-list location" : "missing certificate location";
            // COMPAT: crt-base is not for the list itself, but for what it names
            TlsFileName file = isList ? TlsGlobalConfig.PlainFile(v) : g.CertificateFile(v);
            ((TlsBindConfig)o).Certificates.Add(new TlsCertificateLine(file, isList, isDefault));
            return null;
        });

    private static readonly TlsOption[] OwnRows =
    [
        new("ca-ignore-err", true, TlsPlaces.Bind, (o, _, v) =>
            TlsOptionWords.Errors(v, e => ((TlsBindConfig)o).IgnoredAuthorityErrors = e)
        ),
        new("ca-sign-file", true, TlsPlaces.Bind, (o, g, v) =>
        {
            if (v.Length == 0)
                return "missing CAfile path";
            ((TlsBindConfig)o).SigningFile = g.AuthorityFile(v);
            return null;
        }),
        new("ca-sign-pass", true, TlsPlaces.Bind, (o, _, v) =>
        {
            if (v.Length == 0)
                return "missing CAkey password";
            ((TlsBindConfig)o).SigningPassphrase = v;
            return null;
        }),
        Certificates("crt"),
        new("crt-ignore-err", true, TlsPlaces.Bind, (o, _, v) =>
            TlsOptionWords.Errors(v, e => ((TlsBindConfig)o).IgnoredCertificateErrors = e)
        ),
        Certificates("crt-list", isList: true),
        Certificates("default-crt", isDefault: true),
        Own("generate-certificates", b => b.GeneratesCertificates = true),
        Own("ssl", b => b.IsOn = true),
        Own("strict-sni", b => b.StrictSni = true),
        Own("no-strict-sni", b => b.StrictSni = false),
        new("tls-ticket-keys", true, TlsPlaces.Bind, (o, _, v) =>
        {
            if (v.Length == 0)
                return "missing TLS ticket keys file path";
            ((TlsBindConfig)o).TicketKeys = TlsGlobalConfig.PlainFile(v);
            return null;
        }),
    ];

    /// <summary>All of them, as the bind line's table has its rows.</summary>
    internal static readonly TlsOption[] Rows = [.. OwnRows, .. TlsOptionWords.Of(TlsPlaces.Bind)];

    private static readonly Dictionary<string, TlsOption> Table = Index();

    private static Dictionary<string, TlsOption> Index()
    {
        var map = new Dictionary<string, TlsOption>(Rows.Length);
        foreach (TlsOption row in Rows)
            map[row.Name] = row;
        return map;
    }

    internal static TlsOption? Find(string word) => Table.GetValueOrDefault(word);
}
