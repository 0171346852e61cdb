// Where a connection is to go and how it gets there. Whoever wants one (a stream, a health check) writes it down; the Connector
// follows it and knows nothing of who that is.
using Baton.Configuration.Model;
using Baton.Engine.Connections;
using Baton.Engine.Proxies;

namespace Baton.Engine.Servers;

public struct ConnectPlan
{
    /// <summary>Where connect() goes when neither a SOCKS4 proxy nor the client decides about it.</summary>
    public SocketEndpoint? Endpoint;

    /// <summary>Where the connection is to lead in the end; unset when there is no such address.</summary>
    public SocketAddress Target;

    /// <summary>It is <see cref="Target"/>, and not <see cref="Endpoint"/>, that connect() is given.</summary>
    public bool GoesToTarget;

    /// <summary>The SOCKS4 proxy that is connected to instead; null when there is none.</summary>
    public SocketEndpoint? Socks4;

    /// <summary>Network namespace (server option namespace), null for the process's own.</summary>
    public string? Namespace;

    /// <summary>"source", and the address that a "usesrc" of the client's means.</summary>
    public SourceConfig? Source;
    public SocketAddress ClientAddress;
    public ServerMarks Marks;

    /// <summary>The proxy whose options hold (srvtcpka and the like).</summary>
    public ProxyConfig Proxy;

    /// <summary>Milliseconds, 0 for the kernel's own (server option tcp-ut).</summary>
    public int TcpUserTimeoutMs;
    public bool TcpFastOpen;

    /// <summary>To a server, for a client that may decide about both ends of the connection.</summary>
    public static ConnectPlan To(ServerState server, in SocketAddress source, in SocketAddress destination, in ServerMarks marks)
    {
        ConnectPlan plan = To(server);
        plan.GoesToTarget = server.IsReachedAtClientsDestination;
        if (plan.GoesToTarget && plan.Endpoint is not null)
            plan.Target = server.TargetFor(destination);
        plan.ClientAddress = source;
        plan.Marks = marks;
        return plan;
    }

    /// <summary>To a server, for nobody in particular.</summary>
    public static ConnectPlan To(ServerState server) =>
        new()
        {
            Endpoint = server.Endpoint,
            Target = server.Endpoint?.Address ?? default,
            Socks4 = server.Socks4,
            Namespace = server.Config.Namespace,
            Source = SourcePorts.SourceOf(server),
            Proxy = server.Backend.Config,
            TcpUserTimeoutMs = server.Config.TcpUserTimeoutMs,
            TcpFastOpen = server.Config.TcpFastOpen,
        };
}
