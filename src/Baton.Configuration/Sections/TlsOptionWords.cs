// The words of TLS that bind lines, lines of a crt-list, server lines and the global section's defaults share.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using Baton.Configuration.Catalog;
using Baton.Configuration.Model;
using static Baton.Configuration.Sections.TlsPlaces;

namespace Baton.Configuration.Sections;

internal static class TlsOptionWords
{
    private const TlsPlaces Lines = Bind | CertificateList | Server,
        Defaults = BindDefaults | ServerDefaults,
        Everywhere = Lines | Defaults;

    internal static readonly string[] Versions = ["SSLv3", "TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3"];

    private static string? Version(string text, Action<TlsVersion> set)
    {
        int at = Array.IndexOf(Versions, text);
        if (at < 0)
            return $"'{text}' : unknown ssl/tls version{Spelling.Hint(text, Versions)}";
        set((TlsVersion)(at + 1));
        return null;
    }

    /// <summary>Names with commas between, as they stand on the wire (RFC 7301 §3.1).</summary>
    internal static string? Protocols(string text, Action<byte[]> set)
    {
        byte[] names = Encoding.Latin1.GetBytes(text);
        var wire = new List<byte>(names.Length + 1);
        // COMPAT: a comma may stand at the end
        foreach (string name in (text.EndsWith(',') ? text[..^1] : text).Split(','))
        {
            if (name.Length is 0 or > 255)
                return $"'{text}' : a protocol's name has 1 to 255 characters";
            wire.Add((byte)name.Length);
            wire.AddRange(Encoding.Latin1.GetBytes(name));
        }
        set([.. wire]);
        return null;
    }

    private static string? Verify(TlsOptionsConfig o, string text)
    {
        bool optional = o is not TlsServerConfig;
        int at = Array.IndexOf(["none", "optional", "required"], text);
        if (at < 0 || at == 1 && !optional)
            return $"unknown verify method '{text}', only 'none'{(optional ? ", 'optional'," : "")} and 'required' are supported";
        o.Verify = TlsVerify.None + (byte)at;
        return null;
    }

    /// <summary>"all", or numbers with commas between.</summary>
    internal static string? Errors(string text, Action<TlsErrorSet> set)
    {
        TlsErrorSet errors = default;
        foreach (string word in text.Split(','))
        {
            if (word == "all")
            {
                errors = TlsErrorSet.All;
                continue;
            }
            int number = TlsErrorNames.Find(word);
            if (
                number == 0 && !int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out number)
                || number is < 1 or > TlsErrorSet.Last
            )
                return $"ID '{word}' out of range (1..{TlsErrorSet.Last}) in error IDs list '{text}'";
            errors = errors.With(number);
        }
        set(errors);
        return null;
    }

    internal static string? OnOff(string text, Action<bool> set)
    {
        if (text is not ("on" or "off"))
            return $"expects 'on' or 'off', got '{text}'{Spelling.Hint(text, "on", "off")}";
        set(text == "on");
        return null;
    }

    private static TlsOption Text(string name, TlsPlaces places, Action<TlsOptionsConfig, string> set) =>
        new(name, true, places, (o, _, v) =>
        {
            if (v.Length == 0)
                return "missing value";
            set(o, v);
            return null;
        });

    private static TlsOption Flag(string name, TlsPlaces places, Action<TlsOptionsConfig> set) => new(name, false, places, (o, _, _) =>
        {
            set(o);
            return null;
        });

    private static TlsOption Authorities(string name, TlsPlaces places, Action<TlsOptionsConfig, TlsFileName> set) =>
        new(name, true, places, (o, g, v) =>
        {
            if (v.Length == 0)
                return "missing file path";
            set(o, g.AuthorityFile(v));
            return null;
        });

    private static IEnumerable<TlsOption> OfVersions()
    {
        string[] words = ["sslv3", "tlsv10", "tlsv11", "tlsv12", "tlsv13"];
        for (int i = 0; i < words.Length; i++)
        {
            TlsVersion version = TlsVersion.Ssl3 + (byte)i;
            yield return Flag("no-" + words[i], Everywhere & ~CertificateList, o => o.ForbiddenVersions |= 1 << (int)version);
            yield return Flag("force-" + words[i], Everywhere & ~CertificateList, o => o.MinVersion = o.MaxVersion = version);
        }
    }

    internal static readonly TlsOption[] Rows =
    [
        Flag("allow-0rtt", Lines, o => o.AllowsEarlyData = true),
        new("alpn", true, Lines, (o, _, v) => Protocols(v, w => o.Alpn = w)),
        Flag("no-alpn", Lines & ~Server, o => o.Alpn = []),
        Authorities("ca-file", Lines, (o, f) => o.CaFile = f),
        Authorities("ca-verify-file", Lines & ~Server, (o, f) => o.CaVerifyFile = f),
        Text("ciphers", Lines, (o, v) => o.Ciphers = v),
        Text("ciphersuites", Lines, (o, v) => o.CipherSuites = v),
        Text("client-sigalgs", Lines, (o, v) => o.ClientSignatureAlgorithms = v),
        Authorities("crl-file", Lines, (o, f) => o.CrlFile = f),
        Text("curves", Lines, (o, v) => o.Curves = v),
        Text("ecdhe", Lines & ~Server, (o, v) => o.Ecdhe = v),
        Flag("no-ca-names", Lines & ~Server, o => o.NoCaNames = true),
        Flag("no-tls-tickets", Everywhere & ~CertificateList, o => o.Tickets = false),
        Flag("tls-tickets", Everywhere & ~CertificateList, o => o.Tickets = true),
        Flag("prefer-client-ciphers", Bind | BindDefaults, o => o.PreferClientCiphers = true),
        new("ocsp-update", true, Lines & ~Server, (o, _, v) => OnOff(v, on => o.OcspUpdate = on)),
        Text("sigalgs", Lines, (o, v) => o.SignatureAlgorithms = v),
        new("ssl-max-ver", true, Everywhere, (o, _, v) => Version(v, n => o.MaxVersion = n)),
        new("ssl-min-ver", true, Everywhere, (o, _, v) => Version(v, n => o.MinVersion = n)),
        new("verify", true, Lines, (o, _, v) => Verify(o, v)),
        .. OfVersions(),
    ];

    internal static TlsOption[] Of(TlsPlaces place) => Array.FindAll(Rows, r => (r.Places & place) != 0);

    private static readonly Dictionary<string, TlsOption> Table = Index();

    private static Dictionary<string, TlsOption> Index()
    {
        var map = new Dictionary<string, TlsOption>(Rows.Length);
        foreach (TlsOption row in Rows)
            map[row.Name] = row;
        return map;
    }

    /// <summary>The word where it may stand there; null when it may not.</summary>
    internal static TlsOption? Find(string word, TlsPlaces place) =>
        Table.TryGetValue(word, out TlsOption? row) && (row.Places & place) != 0 ? row : null;
}
