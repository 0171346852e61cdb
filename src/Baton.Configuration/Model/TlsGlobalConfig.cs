// What the global section says of TLS.
using System.IO;

namespace Baton.Configuration.Model;

public sealed class TlsGlobalConfig
{
    /// <summary>ssl-default-bind-*.</summary>
    public TlsOptionsConfig BindDefaults { get; } = new();

    /// <summary>ssl-default-server-*.</summary>
    public TlsOptionsConfig ServerDefaults { get; } = new();

    /// <summary>"ssl-server-verify none": servers are believed unless their line says "verify required".</summary>
    public bool TrustServers { get; set; }
    public string? CaBase { get; set; }
    public string? CrtBase { get; set; }

    /// <summary>key-base: where names of keys in "load" lines start.</summary>
    public string? KeyBase { get; set; }

    /// <summary>"load" lines of all crt-store sections.</summary>
    public System.Collections.Generic.List<CertificateLoadConfig> Loads { get; } = [];

    public CertificateLoadConfig? FindLoad(string name) => Loads.Find(l => l.Name == name);

    /// <summary>issuers-chain-path: certificates of authorities that complete chains.</summary>
    public TlsFileName? IssuersPath { get; set; }
    public TlsExtraFiles ExtraFiles { get; set; } = TlsExtraFiles.All;

    /// <summary>ssl-load-extra-del-ext: "site.crt" has its key in "site.key", not in "site.crt.key".</summary>
    public bool ExtraFilesReplaceExtension { get; set; }

    /// <summary>ssl-dh-param-file, for certificates without parameters of their own.</summary>
    public TlsFileName? DhFile { get; set; }

    /// <summary>tune.ssl.default-dh-param, bits.</summary>
    public int DhBits { get; set; } = 2048;

    /// <summary>tune.ssl.lifetime in seconds: how long a session can be resumed.</summary>
    public int SessionLifetime { get; set; } = 300;

    /// <summary>tune.ssl.cachesize: room for sessions that clients come back to by number, in blocks; 0 for none.</summary>
    public int CacheSize { get; set; } = 20_000;

    /// <summary>tune.ssl.ssl-ctx-cache-size: certificates made for clients' hosts that are kept; 0 for none.</summary>
    public int IssuedCertificates { get; set; } = 1000;

    /// <summary>tune.ssl.force-private-cache: those sessions are for this process alone.</summary>
    public bool HasPrivateCache { get; set; }

    /// <summary>ocsp-update.mode: responses are kept fresh where no line says whether; ocsp-update.disable: nowhere.</summary>
    public bool OcspUpdate { get; set; }
    public bool OcspUpdateIsOff { get; set; }

    /// <summary>ocsp-update.mindelay, ocsp-update.maxdelay in seconds: how soon and how late a response is asked for again.</summary>
    public int OcspLeastDelay { get; set; } = 300;
    public int OcspMostDelay { get; set; } = 3600;

    /// <summary>ocsp-update.httpproxy: who is asked in the responder's place; null for nobody.</summary>
    public AddressConfig? OcspProxy { get; set; }

    /// <summary>httpclient.resolvers.id: the section that names of responders are asked of; null for the system's resolver.</summary>
    public string? OcspResolvers { get; set; }
    public SourcePosition OcspResolversPosition { get; set; }

    /// <summary>httpclient.resolvers.prefer.</summary>
    public AddressKind OcspFamily { get; set; } = AddressKind.IPv6;

    /// <summary>tune.ssl.maxrecord: most bytes of text in a record of ours at the beginning of a transfer; 0 for no limit.</summary>
    public int FirstRecords { get; set; }

    /// <summary>tune.ssl.hard-maxrecord: the same at any time.</summary>
    public int LargestRecord { get; set; }

    /// <summary>tune.ssl.capture-buffer-size: bytes of a client's greeting that fetches can have; 0 for none.</summary>
    public int CaptureBytes { get; set; }

    /// <summary>tune.ssl.keylog: fetches can have the secrets of connections.</summary>
    public bool KeyLog { get; set; }

    /// <summary>tune.ssl.keyupdate-rate-limit: changes of keys that a peer may ask for in a second; 0 for no limit.</summary>
    public int KeyUpdateRate { get; set; } = 100;

    /// <summary>maxsslconn: connections with TLS, of clients and to servers, at a time; 0 for no limit.</summary>
    public int MaxConnections { get; set; }

    /// <summary>maxsslrate: connections of clients with TLS in a second; 0 for no limit.</summary>
    public int MaxRate { get; set; }

    /// <summary>ssl-security-level: OpenSSL's demands on keys and ciphers; null for its own choice.</summary>
    public int? SecurityLevel { get; set; }

    /// <summary>ssl-skip-self-issued-ca: an authority that vouches for itself is not sent along.</summary>
    public bool SkipSelfIssued { get; set; }

    /// <summary>ssl-provider: what OpenSSL has its algorithms from; empty for its own choice.</summary>
    public System.Collections.Generic.List<string> Providers { get; } = [];

    /// <summary>ssl-provider-path, ssl-propquery; null without.</summary>
    public string? ProviderPath { get; set; }
    public string? PropertyQuery { get; set; }

    /// <summary>The name of a certificate's file as the configuration means it.</summary>
    public TlsFileName CertificateFile(string word) => word.StartsWith('@') ? new TlsFileName(word, word) : In(CrtBase, word);

    public TlsFileName AuthorityFile(string word) => word.StartsWith('@') ? new TlsFileName(word, word) : In(CaBase, word);

    /// <summary>A file that no base directory is for.</summary>
    public static TlsFileName PlainFile(string word) => In(null, word);

    /// <summary>A file whose name may be relative to a directory; null or empty for none.</summary>
    internal static TlsFileName In(string? directory, string word)
    {
        string name = string.IsNullOrEmpty(directory) || word.StartsWith('/') ? word : directory + "/" + word;
        return new TlsFileName(name, name.Length == 0 ? name : Path.GetFullPath(name));
    }
}
