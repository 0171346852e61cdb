// Where listening sockets come from when they need not be opened anew.
using Baton.Configuration.Model;
using Baton.Engine.Connections;

namespace Baton.Engine.Listeners;

/// <summary>Gives listening sockets that exist already (received over the CLI socket, held by a master).</summary>
public interface IListenerSource
{
    /// <summary>A descriptor bound exactly as asked, now owned by the caller, or -1.</summary>
    int Take(SocketEndpoint endpoint, BindConfig bind);
}
