// What a client's connection is to all that it carries: one HTTP/1 exchange after the other, many HTTP/2 streams, or one relay.
// It knows where the client came in and from where, what rules have noted of it, and how often it has asked.
using System;
using Baton.Core.Frames;
using Baton.Engine.Listeners;
using Baton.Engine.Loop;
using Baton.Engine.Proxies;
using Baton.Engine.Variables;

namespace Baton.Engine.Connections;

/// <summary>A part of its client connection for as long as that lives. OWNER: the connection's worker.</summary>
public sealed class Session(ClientConnection connection)
{
    private SessionDetails? _details;

    public ClientConnection Connection => connection;
    public FrontendState Frontend = null!;
    public ListenerState Listener = null!;

    /// <summary>Where the client is: by its connection, by a PROXY header, or as rules of the connection said.</summary>
    public SocketAddress Source;

    private SessionDetails Details => _details ??= new SessionDetails();

    /// <summary>Variables of scope "sess", null while there are none.</summary>
    public VariableStore? Variables
    {
        get => _details?.Variables;
        set => Details.Variables = value;
    }

    /// <summary>What it tracks in stick tables; null when it never has.</summary>
    internal StickTables.StickTrackers? Tracked
    {
        get => _details?.Tracked;
        set => Details.Tracked = value;
    }

    /// <summary>The server connection kept for this client alone (http-reuse never).</summary>
    public ServerConnection? PrivateServer;

    /// <summary>When the connection was accepted (worker's milliseconds).</summary>
    public long AcceptMs;

    /// <summary>From the accept until the connection could be used: the PROXY header was there (%Th).</summary>
    public int HandshakeMs;

    /// <summary>Why there will be no session (fc_err, <see cref="ConnectionFaults"/>); 0 as long as nothing went wrong.</summary>
    public byte Fault;

    /// <summary>Requests begun on this connection.</summary>
    public int RequestCount;

    /// <summary>When the connection became idle; with the frontend's time-outs it gives the deadline of an idle client.</summary>
    public long IdleSinceMs;

    /// <summary>The source address came in a PROXY header.</summary>
    public bool FromProxyHeader
    {
        get => _details is { FromProxyHeader: true };
        set
        {
            if (value || _details is not null)
                Details.FromProxyHeader = value;
        }
    }

    internal ReadOnlySpan<byte> FirstPacketOf(int fd) => (Details.FirstPacket ??= new()).Of(fd);

    /// <summary>The address the client connected to. Asked from the kernel once, unless the listener's own address says it.</summary>
    public ref readonly SocketAddress Destination
    {
        get
        {
            if (_details is { Destination.IsSet: true } known)
                return ref known.Destination;
            if (!Listener.BoundToWildcard && Listener.BoundAddress.IsSet)
                return ref Listener.BoundAddress;
            Details.Destination = SocketAddress.OfSocket(connection.Fd);
            return ref Details.Destination;
        }
    }

    public void SetDestination(in SocketAddress address) => Details.Destination = address;

    /// <summary>Extension fields of the PROXY header, one behind the other (proxy-protocol.txt §2.2).</summary>
    internal ReadOnlySpan<byte> ProxyFields =>
        _details is { ProxyFieldsLength: > 0 } had ? new(had.ProxyFields, 0, had.ProxyFieldsLength) : default;

    /// <summary>Bounded by the header, which fits the scratch memory. The memory stays with the object: it is used again.</summary>
    internal void KeepProxyFields(ReadOnlySpan<byte> fields)
    {
        if (fields.IsEmpty && _details is null)
            return;
        SessionDetails details = Details;
        if (fields.Length > details.ProxyFields.Length)
            details.ProxyFields = new byte[Math.Max(256, fields.Length)];
        fields.CopyTo(details.ProxyFields);
        details.ProxyFieldsLength = fields.Length;
    }

    /// <summary>Forgets all of the object's last life, however this one begins.</summary>
    internal void Reset(FrontendState frontend, ListenerState listener)
    {
        Frontend = frontend;
        Listener = listener;
        Source = default;
        PrivateServer = null;
        AcceptMs = IdleSinceMs = 0;
        RequestCount = HandshakeMs = 0;
        Fault = ConnectionFaults.None;
        _details?.Reset();
    }

    /// <summary>Counts an accepted connection.</summary>
    internal void CountConnection(Worker worker)
    {
        TrafficCounters counters = Frontend.Counters[worker.Index];
        counters.Connections++;
        Listener.Counters[worker.Index].Connections++;
        counters.ConnectionRate.Add(worker.NowMs);
    }

    /// <summary>Counts a TLS handshake that came to something.</summary>
    internal void CountTls(Worker worker, bool isResumed)
    {
        Frontend.Counters[worker.Index].CountTls(isResumed);
        Listener.Counters[worker.Index].CountTls(isResumed);
    }

    /// <summary>And one that did not.</summary>
    internal void CountFailedTls(Worker worker)
    {
        Frontend.Counters[worker.Index].FailedTls++;
        Listener.Counters[worker.Index].FailedTls++;
    }

    /// <summary>Counts a connection that may speak.</summary>
    internal void CountSession(Worker worker)
    {
        TrafficCounters counters = Frontend.Counters[worker.Index];
        counters.Sessions++;
        Listener.Counters[worker.Index].Sessions++;
        counters.SessionRate.Add(worker.NowMs);
        worker.Engine.SessionRates[worker.Index].Add(worker.NowMs);
        if (Tracked is { Count: > 0 } tracked)
            StickTables.StickTracking.Count(
                tracked,
                Configuration.Model.StickDataType.SessCnt,
                Configuration.Model.StickDataType.SessRate,
                1,
                worker.NowMs
            );
    }

    /// <summary>Counts something that went wrong in here.</summary>
    internal void CountInternalError(Worker worker)
    {
        Frontend.Counters[worker.Index].InternalErrors++;
        Listener.Counters[worker.Index].InternalErrors++;
    }

    /// <summary>The client has left.</summary>
    internal void CountOut(Worker worker)
    {
        Frontend.Leave();
        worker.Engine.Leave(Listener);
    }

    /// <summary>Stick tables and variables know nothing of it any more.</summary>
    internal void ReleaseMemory(Worker worker)
    {
        Tracked?.Release(worker.NowMs);
        ReleaseVariables(worker);
    }

    internal void ReadTracked(ref FrameReader r)
    {
        StickTables.StickTrackers? tracked = Tracked;
        StickTables.StickTrackers.Read(ref tracked, ref r, connection.Worker.Engine, connection.Worker.NowMs);
        if (tracked is not null)
            Tracked = tracked;
    }

    private void ReleaseVariables(Worker worker)
    {
        if (Variables is not { } variables)
            return;
        worker.Engine.VariableLimits?.TryAdd(-variables.TotalCost);
        variables.Clear(worker.VariableMemory);
        worker.VariableStores.Return(variables);
        Variables = null;
    }

    /// <summary>Writes what the next process has to know (docs/handover-protocol.md).</summary>
    internal void WriteTo(FrameWriter w)
    {
        Source.WriteTo(w);
        (_details?.Destination ?? default).WriteTo(w);
        w.Flag(FromProxyHeader);
        w.Int64(AcceptMs);
        w.Int64(IdleSinceMs);
        w.Int32(RequestCount);
    }

    internal void ReadFrom(ref FrameReader r)
    {
        Source = SocketAddress.ReadFrom(ref r);
        SocketAddress destination = SocketAddress.ReadFrom(ref r);
        if (destination.IsSet)
            Details.Destination = destination;
        FromProxyHeader = r.Flag();
        AcceptMs = r.Int64();
        IdleSinceMs = r.Int64();
        RequestCount = r.Int32();
    }
}
