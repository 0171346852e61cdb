// A peer at run time: whether there is a session with it and when the next is tried, and how far each knows what the other knows.
using System;
using Baton.Configuration.Model;
using Baton.Engine.Connections;
using Baton.Engine.Servers;
using Baton.Engine.Tls;

namespace Baton.Engine.Peers;

/// <summary>OWNER: the section's worker.</summary>
internal sealed class PeerState
{
    internal const long Never = long.MaxValue;

    /// <summary>COMPAT: until the next attempt after one that failed, and how much later than at once, at random, one is made after a
    /// session has ended: two that end each other's do not meet again (ms).</summary>
    private const int ReconnectMs = 5000,
        LeastDelayMs = 50,
        RandomDelayMs = 2000;

    public PeerState(PeersState section, PeerConfig config)
    {
        (Section, Config) = (section, config);
        Tables = Array.ConvertAll(section.Forms, static form => new SharedTable(form));
        Teller = new PeerTeller(this);
        Hearer = new PeerHearer(this);
    }

    public PeersState Section { get; }
    public PeerConfig Config { get; }
    public SharedTable[] Tables { get; }
    public PeerTeller Teller { get; }
    public PeerHearer Hearer { get; }

    /// <summary>Where it is connected to; null when it has to come by itself.</summary>
    public SocketEndpoint? Endpoint { get; init; }
    public SocketEndpoint? Socks4 { get; init; }

    /// <summary>How TLS sessions with it begin; null when there are none.</summary>
    public TlsServerSide? Tls { get; init; }

    /// <summary>It is told of that key ("shard").</summary>
    public bool Hears(SharedTable table, ReadOnlySpan<byte> key) =>
        Config.Server.Shard == 0 || table.Form.ShardOf(key) == Config.Server.Shard;

    /// <summary>The session, or the attempt at one.</summary>
    public PeerConnection? Connection { get; private set; }
    public bool IsEstablished => Connection is { IsEstablished: true };
    public PeerStatus Status { get; set; }
    public long ReconnectAtMs { get; set; } = Never;

    /// <summary>When a session began last (ms), -1 for never.</summary>
    public long BegunMs { get; private set; } = -1;

    /// <summary>It has said that it does not know all itself.</summary>
    public bool LacksKnowledge { get; set; }

    /// <summary>For "show peers".</summary>
    public PeerCounters Counters;

    /// <summary>Tries to reach it. What fails is tried again later.</summary>
    public void Connect()
    {
        ReconnectAtMs = Never;
        if (Endpoint is null || Connection is not null)
            return;
        var plan = new ConnectPlan
        {
            Endpoint = Endpoint,
            Target = Endpoint.Address,
            Socks4 = Socks4,
            Source = Config.Server.Source,
            Namespace = Config.Server.Namespace,
            TcpUserTimeoutMs = Config.Server.TcpUserTimeoutMs,
            TcpFastOpen = Config.Server.TcpFastOpen,
            Proxy = Section.Proxy,
        };
        Status = PeerStatus.Connecting;
        Counters.Connections++;
        int fd = Connector.Open(Section.Worker, plan, out bool connected);
        if (fd < 0)
        {
            PutOff();
            return;
        }
        Connection = new PeerConnection(Section, this, fd, connected);
        Connection.Go();
    }

    private void PutOff() => ReconnectAtMs = Section.Worker.NowMs + ReconnectMs;

    /// <summary>A session begins, made from here or there. COMPAT: the newest counts; another one ends.</summary>
    public void Establish(PeerConnection connection)
    {
        if (Connection is { } other && other != connection)
        {
            Counters.Collisions++;
            Connection = null;
            Release();
            other.Close();
        }
        Connection = connection;
        Status = PeerStatus.Established;
        ReconnectAtMs = Never;
        BegunMs = Section.Worker.NowMs;
        Teller.Begin();
        Hearer.Begin();
        foreach (SharedTable table in Tables)
        {
            table.NoteAdopted();
            table.BeginPush(table.Acknowledged);
        }
        Section.Begun(this);
    }

    /// <summary>The connection is gone.</summary>
    public void Lost(PeerConnection connection)
    {
        if (Connection != connection)
            return;
        bool wasEstablished = connection.WasEstablished;
        Connection = null;
        Release();
        if (wasEstablished)
            ReconnectAtMs = Section.Worker.NowMs + LeastDelayMs + Random.Shared.Next(RandomDelayMs);
        else
            PutOff();
        Section.Ended(this, wasEstablished);
    }

    private void Release()
    {
        foreach (SharedTable table in Tables)
            table.EndSession();
    }

    /// <summary>Ends whatever there is, and is not tried again by itself.</summary>
    public void Disconnect()
    {
        PeerConnection? connection = Connection;
        Connection = null;
        ReconnectAtMs = Never;
        Release();
        connection?.Close();
    }
}
