// What a "bind" line says of TLS. It is there when the line says "ssl".
using System.Collections.Generic;

namespace Baton.Configuration.Model;

public sealed class TlsBindConfig
{
    /// <summary>"ssl": what comes on this socket is TLS.</summary>
    public bool IsOn { get; set; }

    /// <summary>"crt": PEM files with a certificate, those that lead to its issuer, and its key.</summary>
    public List<string> Certificates { get; } = [];
}
