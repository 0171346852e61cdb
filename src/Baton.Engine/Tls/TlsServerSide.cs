// What TLS sessions towards one server have in common: whoever reads the server line makes one of these.
using Baton.Engine.Connections;

namespace Baton.Engine.Tls;

public abstract class TlsServerSide
{
    /// <summary>Where a worker's sessions come from.</summary>
    public abstract TlsContext ContextOf(int worker);

    /// <summary>Tells a session that has not begun what is particular about it: the name it asks for, an earlier session.</summary>
    /// <param name="connection">Null for a health check, which asks for <paramref name="name"/>; null for none.</param>
    public abstract void Prepare(nint ssl, int worker, ServerConnection? connection, string? name = null);
}
