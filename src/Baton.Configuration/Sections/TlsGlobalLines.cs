// global: what holds for the TLS of all bind and server lines, and where their files are.
using System;
using System.Globalization;
using System.IO;
using Baton.Configuration.Catalog;
using Baton.Configuration.Directives;
using Baton.Configuration.Model;

namespace Baton.Configuration.Sections;

internal static class TlsGlobalLines
{
    private static DirectiveKeyword Row(string name, DirectiveParser parse) => new(name, SectionKinds.Global, parse);

    private static DirectiveKeyword Text(string name, string what, Action<TlsGlobalConfig, string> set) => Row(name, c =>
        {
            if (c.Expect(1, 1, what))
                set(c.Global.Tls, c[0]);
        });

    /// <summary>A directory that is said once.</summary>
    private static DirectiveKeyword Base(string name, Func<TlsGlobalConfig, string?> get, Action<TlsGlobalConfig, string> set) =>
        Row(name, c =>
        {
            if (!c.Expect(1, 1, "a directory path as an argument"))
                return;
            if (get(c.Global.Tls) is not null)
                c.Error($"'{name}' already specified.", name);
            else
                set(c.Global.Tls, c[0]);
        });

    private static DirectiveKeyword Options(string name, TlsPlaces place, Func<TlsGlobalConfig, TlsOptionsConfig> of) => Row(name, c =>
        {
            if (!c.Expect(1, int.MaxValue, "an option as an argument"))
                return;
            for (int i = 0; i < c.Count; i++)
            {
                string word = c[i];
                if (TlsOptionWords.Find(word, place) is not { } option)
                {
                    c.Error($"unknown option '{word}' on global statement '{name}'.", word);
                    return;
                }
                string value = "";
                if (option.TakesValue)
                {
                    if (i + 1 >= c.Count)
                    {
                        c.Error($"'{word}' : missing value on global statement '{name}'.", word);
                        return;
                    }
                    value = c[++i];
                }
                if (option.Parse(of(c.Global.Tls), c.Global.Tls, value) is { } error)
                    c.Error($"{error} on global statement '{name}'.", value.Length > 0 ? value : word);
            }
        });

    private static void ExtraFiles(DirectiveContext c)
    {
        if (!c.Expect(1, int.MaxValue, "one or multiple arguments (none, all, bundle, sctl, ocsp, issuer, key)"))
            return;
        TlsExtraFiles files = TlsExtraFiles.None;
        for (int i = 0; i < c.Count; i++)
        {
            TlsExtraFiles? kind = c[i] switch
            {
                "none" => TlsExtraFiles.None,
                "all" => TlsExtraFiles.All,
                "bundle" => TlsExtraFiles.Bundle,
                "sctl" => TlsExtraFiles.Timestamps,
                "ocsp" => TlsExtraFiles.Ocsp,
                "issuer" => TlsExtraFiles.Issuer,
                "key" => TlsExtraFiles.Key,
                _ => null,
            };
            if (kind is null)
            {
                string hint = Spelling.Hint(c[i], "none", "all", "bundle", "sctl", "ocsp", "issuer", "key");
                c.Error($"'{c.Keyword}' expects one or multiple arguments (none, all, bundle, sctl, ocsp, issuer, key){hint}.", c[i]);
                return;
            }
            files |= kind.Value;
        }
        c.Global.Tls.ExtraFiles = files;
    }

    private static void IssuersPath(DirectiveContext c)
    {
        if (!c.Expect(1, 1, "a directory path as an argument"))
            return;
        TlsFileName directory = TlsGlobalConfig.PlainFile(c[0]);
        if (!Directory.Exists(directory.FullPath))
            c.Error($"global statement '{c.Keyword}' expects a directory path as an argument.", c[0]);
        else
            c.Global.Tls.IssuersPath = directory;
    }

    private static void DhBits(DirectiveContext c)
    {
        if (!c.Expect(1, 1, "an integer argument"))
            return;
        if (!int.TryParse(c[0], NumberStyles.None, CultureInfo.InvariantCulture, out int bits) || bits is < 1024 or > 16384)
            c.Error($"'{c.Keyword}' expects a value >= 1024.", c[0]);
        else
            c.Global.Tls.DhBits = bits;
    }

    private static DirectiveKeyword RecordSize(string name, Action<TlsGlobalConfig, int> set) => Row(name, c =>
        {
            if (!c.Expect(1, 1, "an integer argument"))
                return;
            if (int.TryParse(c[0], NumberStyles.None, CultureInfo.InvariantCulture, out int bytes))
                set(c.Global.Tls, bytes);
            else
                c.Error($"'{name}' expects a positive numeric value.", c[0]);
        });

    private static DirectiveKeyword Number(string name, int most, Action<TlsGlobalConfig, int> set) => Row(name, c =>
        {
            if (!c.Expect(1, 1, "an integer argument"))
                return;
            if (int.TryParse(c[0], NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value <= most)
                set(c.Global.Tls, value);
            else
                c.Error($"'{name}' expects a number between 0 and {most}.", c[0]);
        });

    private static void KeyLog(DirectiveContext c)
    {
        if (!c.Expect(1, 1, "'on' or 'off' as argument"))
            return;
        if (c[0] is "on" or "off")
            c.Global.Tls.KeyLog = c[0] == "on";
        else
            c.Error($"'{c.Keyword}' expects either 'on' or 'off'{Spelling.Hint(c[0], "on", "off")}.", c[0]);
    }

    private static void CaptureSize(DirectiveContext c)
    {
        if (!c.Expect(1, 1, "a size"))
            return;
        if (Values.UnitParser.Size(c[0], out long bytes) is null && bytes <= 65536)
            c.Global.Tls.CaptureBytes = (int)bytes;
        else
            c.Error($"'{c.Keyword}' expects a size of 0 to 65536 bytes.", c[0]);
    }

    private static void SkipSelfIssued(DirectiveContext c)
    {
        if (c.Expect(0, 0, "no argument"))
            c.Global.Tls.SkipSelfIssued = true;
    }

    private static void Lifetime(DirectiveContext c)
    {
        if (c.Expect(1, 1, "a time in seconds") && c.Time(0, out int ms, Values.TimeUnit.Second))
            c.Global.Tls.SessionLifetime = ms / 1000;
    }

    private static void ServerVerify(DirectiveContext c)
    {
        if (!c.Expect(1, 1, "'none' or 'required' as argument"))
            return;
        if (c[0] is "none" or "required")
            c.Global.Tls.TrustServers = c[0] == "none";
        else
            c.Error($"'{c.Keyword}' expects 'none' or 'required' as argument{Spelling.Hint(c[0], "none", "required")}.", c[0]);
    }

    private static void ReplaceExtension(DirectiveContext c)
    {
        if (c.Expect(0, 0, "no argument"))
            c.Global.Tls.ExtraFilesReplaceExtension = true;
    }

    private static void PrivateCache(DirectiveContext c)
    {
        if (c.Expect(0, 0, "no argument"))
            c.Global.Tls.HasPrivateCache = true;
    }

    internal static readonly DirectiveKeyword[] Keywords =
    [
        Base("ca-base", g => g.CaBase, (g, v) => g.CaBase = v),
        Base("crt-base", g => g.CrtBase, (g, v) => g.CrtBase = v),
        Row("issuers-chain-path", IssuersPath),
        Base("key-base", g => g.KeyBase, (g, v) => g.KeyBase = v),
        Number("maxsslconn", int.MaxValue, (g, v) => g.MaxConnections = v),
        Number("maxsslrate", int.MaxValue, (g, v) => g.MaxRate = v),
        .. TlsOcspLines.Keywords,
        Text("ssl-default-bind-ciphers", "a cipher suite as an argument", (g, v) => g.BindDefaults.Ciphers = v),
        Text("ssl-default-bind-ciphersuites", "a cipher suite as an argument", (g, v) => g.BindDefaults.CipherSuites = v),
        Text("ssl-default-bind-client-sigalgs", "a list of algorithms as an argument", (g, v) =>
            g.BindDefaults.ClientSignatureAlgorithms = v
        ),
        Text("ssl-default-bind-curves", "a curves suite as an argument", (g, v) => g.BindDefaults.Curves = v),
        Options("ssl-default-bind-options", TlsPlaces.BindDefaults, g => g.BindDefaults),
        Text("ssl-default-bind-sigalgs", "a list of algorithms as an argument", (g, v) => g.BindDefaults.SignatureAlgorithms = v),
        Text("ssl-default-server-ciphers", "a cipher suite as an argument", (g, v) => g.ServerDefaults.Ciphers = v),
        Text("ssl-default-server-ciphersuites", "a cipher suite as an argument", (g, v) => g.ServerDefaults.CipherSuites = v),
        Text("ssl-default-server-client-sigalgs", "a list of algorithms as an argument", (g, v) =>
            g.ServerDefaults.ClientSignatureAlgorithms = v
        ),
        Text("ssl-default-server-curves", "a curves suite as an argument", (g, v) => g.ServerDefaults.Curves = v),
        Options("ssl-default-server-options", TlsPlaces.ServerDefaults, g => g.ServerDefaults),
        Text("ssl-default-server-sigalgs", "a list of algorithms as an argument", (g, v) => g.ServerDefaults.SignatureAlgorithms = v),
        Text("ssl-dh-param-file", "a file path as an argument", (g, v) => g.DhFile = TlsGlobalConfig.PlainFile(v)),
        Row("ssl-load-extra-del-ext", ReplaceExtension),
        Row("ssl-load-extra-files", ExtraFiles),
        Text("ssl-propquery", "a property query as an argument", (g, v) => g.PropertyQuery = v),
        Text("ssl-provider", "a provider name as an argument", (g, v) => g.Providers.Add(v)),
        Text("ssl-provider-path", "a directory path as an argument", (g, v) => g.ProviderPath = v),
        Number("ssl-security-level", 5, (g, v) => g.SecurityLevel = v),
        Row("ssl-server-verify", ServerVerify),
        Row("ssl-skip-self-issued-ca", SkipSelfIssued),
        Number("tune.ssl.cachesize", 1 << 22, (g, v) => g.CacheSize = v),
        Row("tune.ssl.capture-buffer-size", CaptureSize),
        Row("tune.ssl.capture-cipherlist-size", CaptureSize),
        Row("tune.ssl.default-dh-param", DhBits),
        Row("tune.ssl.force-private-cache", PrivateCache),
        RecordSize("tune.ssl.hard-maxrecord", (g, v) => g.LargestRecord = v),
        Row("tune.ssl.keylog", KeyLog),
        Number("tune.ssl.keyupdate-rate-limit", int.MaxValue, (g, v) => g.KeyUpdateRate = v),
        Row("tune.ssl.lifetime", Lifetime),
        RecordSize("tune.ssl.maxrecord", (g, v) => g.FirstRecords = v),
        Number("tune.ssl.ssl-ctx-cache-size", 1 << 22, (g, v) => g.IssuedCertificates = v),
    ];
}
