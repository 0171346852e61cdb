// What TLS sessions towards one server have in common: whoever reads the server line makes one of these.
using System.Collections.Generic;
using Baton.Engine.Connections;
using Baton.Engine.Loop;

namespace Baton.Engine.Tls;

public abstract class TlsServerSide
{
    /// <summary>It shows the certificate of that name, or uses that file.</summary>
    public abstract bool Uses(string certificate);
    public abstract bool Uses(AuthorityFile file);

    /// <summary>From now on with another certificate or file of a name that it uses. What is wrong with that; empty for nothing.</summary>
    public abstract string Put(CertificateBundle bundle, IReadOnlyList<Worker> workers);
    public abstract string Put(AuthorityFile file, IReadOnlyList<Worker> workers);

    /// <summary>Where a worker's sessions come from.</summary>
    public abstract TlsContext ContextOf(int worker);

    /// <summary>Tells a session that has not begun what is particular about it: the name it asks for, an earlier session.</summary>
    /// <param name="connection">Null for a health check, which asks for <paramref name="name"/>; null for none.</param>
    /// <param name="alpn">What a check offers, where that is not what traffic does.</param>
    public abstract void Prepare(nint ssl, int worker, ServerConnection? connection, string? name = null, byte[]? alpn = null);
}
