// A peers section at run time: listens for the others, connects to them, knows which tables are shared, and says when the process before is
// to teach this one, or this one the next.
using System;
using System.Collections.Generic;
using System.Threading;
using Baton.Configuration.Model;
using Baton.Core.Frames;
using Baton.Core.Timers;
using Baton.Engine.Connections;
using Baton.Engine.Listeners;
using Baton.Engine.Logs.Senders;
using Baton.Engine.Loop;
using Baton.Engine.StickTables;
using Baton.Interop.Linux;

namespace Baton.Engine.Peers;

/// <summary>OWNER: the first worker, but for <see cref="Changed"/>.</summary>
public sealed class PeersState : TimerNode, IConnectionTarget, IStickListener
{
    /// <summary>Connections that have not said who they are.</summary>
    private const int MostStrangers = 64;

    private readonly News _news;
    private readonly List<PeerConnection> _strangers = [];
    private readonly bool[] _known;
    private int _strangerCount,
        _newsPosted;
    private bool _isAside,
        _isStopping,
        _hasBegun;

    internal PeersState(EngineState engine, PeersConfig config, Func<PeersState, PeerConfig, PeerState> peer)
    {
        (Engine, Config, Worker) = (engine, config, engine.Workers[0]);
        _news = new News(this);
        Proxy = ProxyConfig.Inherit(null, config.Name, ProxyCapabilities.Backend, config.Position);
        StickTableState[] tables = Array.FindAll(engine.StickTables, t => t.Config.Peers == config.Name);
        Forms = new TableForm[tables.Length];
        _known = new bool[tables.Length];
        for (int i = 0; i < tables.Length; i++)
        {
            Forms[i] = new TableForm(tables[i], i + 1, config.Shards);
            tables[i].Listener = this;
        }
        Resync = new Resync(this);
        Peers = config.Peers.ConvertAll(p => peer(this, p)).ToArray();
        Local = Array.Find(Peers, static p => p.Config.IsLocal)!;
    }

    public EngineState Engine { get; }
    public PeersConfig Config { get; }
    public Worker Worker { get; }

    /// <summary>"log" of the section; null without.</summary>
    public NoticeLog? Notices { get; init; }

    /// <summary>Where it listens.</summary>
    public List<ListenerState> Listeners { get; } = [];

    /// <summary>What options a connection of a proxy would have.</summary>
    internal ProxyConfig Proxy { get; }
    internal TableForm[] Forms { get; }
    internal PeerState[] Peers { get; }
    internal PeerState Local { get; }
    internal Resync Resync { get; }
    internal string LocalName => Config.Local!.Name;

    /// <summary>The next process is taught just now, and this one waits for the end of it.</summary>
    public bool IsBusy => _isStopping && Local.Connection is not null;

    /// <summary>The process before knew all of this table that others know, and so does this one now.</summary>
    internal void NoteKnown(int table, bool isKnown) => _known[table] = isKnown;

    /// <summary>Tables that it shares, and how far the peers have heard of one of them, for the next process.</summary>
    internal int TableCount => Forms.Length;

    internal void WriteTo(FrameWriter writer, int table) => PeersProgress.Write(this, table, writer);

    internal void ReadFrom(ref FrameReader reader) => PeersProgress.Read(this, ref reader);

    internal PeerState? Find(string name) => Array.Find(Peers, p => p.Config.Name == name);

    /// <summary>Begins to listen and to connect. In the worker's thread.</summary>
    /// <param name="fromLocal">The process before is another program, and will teach this one.</param>
    internal void Begin(bool fromLocal)
    {
        if (_hasBegun)
            return;
        _hasBegun = true;
        foreach (PeerState peer in Peers)
        foreach (SharedTable table in peer.Tables)
            table.NoteAdopted();
        bool isKnown = _known.Length > 0 && Array.TrueForAll(_known, static k => k);
        Resync.Begin(
            isKnown ? ResyncPhase.Done
            : fromLocal ? ResyncPhase.FromLocal
            : ResyncPhase.FromRemote
        );
        Reconnect();
    }

    private void Reconnect()
    {
        foreach (PeerState peer in Peers)
            if (!peer.Config.IsLocal && peer.Connection is null)
                peer.ReconnectAtMs = Worker.NowMs;
        OnTimer(Worker.NowMs);
    }

    public bool HasRoom(ListenerState listener) => Volatile.Read(ref _strangerCount) < MostStrangers;

    public void Accepted(Worker worker, ListenerState listener, int fd, in SocketAddress source)
    {
        Engine.Leave(listener);
        if (_isStopping || _isAside)
        {
            Files.close(fd);
            return;
        }
        var connection = new PeerConnection(this, fd, listener);
        _strangers.Add(connection);
        _strangerCount = _strangers.Count;
        connection.Go();
    }

    /// <summary>It has said who it is.</summary>
    internal void Known(PeerConnection connection)
    {
        _strangers.Remove(connection);
        _strangerCount = _strangers.Count;
        Engine.ResumeFullListeners();
    }

    internal void Gone(PeerConnection connection)
    {
        if (connection.Peer is { } peer)
            peer.Lost(connection);
        else
            Known(connection);
    }

    /// <summary>A session has begun.</summary>
    internal void Begun(PeerState peer)
    {
        if (_isStopping && peer.Config.IsLocal)
            peer.Teller.Teach();
        else
            Resync.Begun(peer);
        Notices?.Write(NoticeLog.LevelNotice, $"Peers {Config.Name}: session with {peer.Config.Name} begins.");
        Arm();
    }

    internal void Ended(PeerState peer, bool wasEstablished)
    {
        // the next process took it over there, or there is none
        if (peer.Config.IsLocal || _isAside || _isStopping)
            peer.ReconnectAtMs = PeerState.Never;
        Resync.Ended(peer);
        if (wasEstablished)
            Notices?.Write(NoticeLog.LevelNotice, $"Peers {Config.Name}: session with {peer.Config.Name} ends.");
        Arm();
    }

    /// <summary>What a peer was taught has come to its end there.</summary>
    internal void Confirmed(PeerState peer)
    {
        if (_isStopping && peer.Config.IsLocal)
            peer.Disconnect();
    }

    /// <summary>The next thing that is due.</summary>
    private void Arm()
    {
        long at = Resync.DeadlineMs;
        foreach (PeerState peer in Peers)
            at = Math.Min(at, peer.ReconnectAtMs);
        if (at == PeerState.Never)
            Worker.Timers.Cancel(this);
        else
            Worker.Timers.Arm(this, at);
    }

    public override void OnTimer(long nowMs)
    {
        foreach (PeerState peer in Peers)
            if (peer.ReconnectAtMs <= nowMs)
                peer.Connect();
        Resync.OnTime(nowMs);
        Arm();
    }

    /// <summary>A table has changed: those in a session are told in the worker's next turn.</summary>
    public void Changed(StickTableState table)
    {
        if (Interlocked.Exchange(ref _newsPosted, 1) == 0)
            Worker.Post(_news);
    }

    private sealed class News(PeersState section) : LoopTask
    {
        public override void Run(Worker worker)
        {
            Volatile.Write(ref section._newsPosted, 0);
            foreach (PeerState peer in section.Peers)
                if (peer.IsEstablished)
                    peer.Connection!.Wake();
        }
    }

    private void DisconnectAll()
    {
        foreach (PeerState peer in Peers)
            peer.Disconnect();
        foreach (PeerConnection stranger in _strangers.ToArray())
            stranger.Close();
    }

    /// <summary>Another process of this program takes over: it goes on with the peers, who then end what they have with this one.</summary>
    internal void StepAside()
    {
        _isAside = true;
        Arm();
    }

    /// <summary>It did not come to that.</summary>
    internal void StepBack()
    {
        _isAside = false;
        if (!_isStopping)
            Reconnect();
    }

    /// <summary>
    /// The process ends. What follows on the same address, if anything does, is taught all there is: COMPAT: that is how a new process of
    /// haproxy comes to its tables.
    /// </summary>
    internal void Stop(bool teaches)
    {
        _isStopping = true;
        DisconnectAll();
        if (teaches)
            Local.Connect();
        Arm();
    }
}
