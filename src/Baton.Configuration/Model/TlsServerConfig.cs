// What a "server" line says of TLS.
using Baton.Configuration.Expressions;

namespace Baton.Configuration.Model;

public sealed class TlsServerConfig : TlsOptionsConfig
{
    /// <summary>"ssl": connections to the server are TLS.</summary>
    public bool IsOn { get; set; }

    /// <summary>"ssl" was said, though "no-ssl" may have been said after it: it can be switched on at run time.</summary>
    public bool IsPrepared { get; set; }

    /// <summary>"crt": what we show when the server asks for a certificate.</summary>
    public TlsFileName? Certificate { get; set; }

    /// <summary>"sni": the name that is asked for; null for none.</summary>
    public SampleExpressionConfig? ServerName { get; set; }

    /// <summary>"sni-auto": that name is the request's Host.</summary>
    public bool NameIsAutomatic { get; set; }

    /// <summary>"verifyhost": the name that the server's certificate has to carry.</summary>
    public string? VerifyHost { get; set; }

    /// <summary>"no-ssl-reuse": each connection begins with a whole handshake.</summary>
    public bool NoReuse { get; set; }

    public TlsServerConfig Clone() => (TlsServerConfig)MemberwiseClone();
}
