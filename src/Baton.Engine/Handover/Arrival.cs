// One connection that comes from the previous process: read and judged on the handover's thread, adopted by a worker once
// the other side has let go of it.
using System;
using Baton.Core.Frames;
using Baton.Engine.Connections;
using Baton.Engine.Connections.Transports;
using Baton.Engine.Listeners;
using Baton.Engine.Loop;
using Baton.Engine.Proxies;
using Baton.Engine.Servers;
using Baton.Interop.Linux;

namespace Baton.Engine.Handover;

public sealed class Arrival
{
    private byte[] _image = [];
    private int _imageLength;

    public MovedKind Kind { get; private set; }
    public FrontendState? Frontend { get; private set; }
    public ListenerState? Listener { get; private set; }
    public ServerState? Server { get; private set; }

    /// <summary>The client's (or idle server's) descriptor and, for two-sided ones, the server's; -1 when there is none.</summary>
    public int First { get; private set; } = -1;
    public int Second { get; private set; } = -1;

    /// <summary>What lies between these and their users; null where nothing does.</summary>
    public Transport? FirstTransport { get; private set; }
    public Transport? SecondTransport { get; private set; }

    /// <summary>Image of the client's HTTP/2 connection; null when it has none.</summary>
    public byte[]? Mux { get; private set; }

    /// <summary>The same of its server's.</summary>
    public byte[]? ServerMux { get; private set; }

    private ArrivingTunnel[] _tunnels = [];

    /// <summary>Its server's connection is among those that are open ("strict-maxconn").</summary>
    private bool _isCounted;

    /// <summary>Streams of the client's connection that came with it.</summary>
    public Span<ArrivingTunnel> Tunnels => _tunnels;

    /// <summary>Null when this process can serve it, else why not.</summary>
    public string? Refusal { get; private set; }

    /// <summary>Reads an item and takes its descriptors from <paramref name="descriptors"/> at <paramref name="at"/>.</summary>
    /// <param name="used">One that has been adopted or discarded, to be used again; null for a new one.</param>
    public static Arrival Read(ArrivalRoute route, FrameReader item, ReadOnlySpan<int> descriptors, ref int at, Arrival? used = null)
    {
        Arrival arrival = used ?? new();
        arrival.Reset((MovedKind)item.Byte());
        int count = item.Byte();
        if (count > 0)
            arrival.First = at < descriptors.Length ? descriptors[at++] : -1;
        bool hasTunnels = arrival.Kind == MovedKind.Tunnels;
        ReadOnlySpan<int> others = default;
        if (count > 1)
        {
            others = descriptors[at..Math.Min(descriptors.Length, at + (hasTunnels ? count - 1 : 1))];
            at += others.Length;
        }
        route.Read(ref item);
        int buffered = item.Int32();
        arrival.Keep(item.Blob());
        bool isWhole = !item.IsShort && count >= 1 && (hasTunnels || count <= 2) && others.Length == count - 1;
        bool isKnown = ConnectionLayers.TryRead(
            ref item,
            out Transport? first,
            out byte[]? mux,
            out Transport? second,
            out byte[]? serverMux
        );
        (arrival.FirstTransport, arrival.SecondTransport, arrival.Mux, arrival.ServerMux) = (first, second, mux, serverMux);
        arrival._tunnels = hasTunnels ? ArrivingTunnel.ReadAll(route.Engine, ref item, ref others) : [];
        isWhole &= !hasTunnels || arrival._tunnels.Length > 0 && mux is not null;
        if (others.Length > 0)
            arrival.Second = others[0];
        arrival.Refusal =
            !isWhole ? "malformed"
            : !isKnown ? "it has a layer that is not known here"
            : arrival.Judge(route, buffered);
        // from here on, because the other process stops counting it when it lets go, before it is adopted here
        arrival._isCounted = arrival.Refusal is null && (arrival.Kind == MovedKind.IdleServer || arrival.Second >= 0);
        if (arrival._isCounted)
            arrival.Server?.OpenConnections?.Add();
        return arrival;
    }

    private void Reset(MovedKind kind)
    {
        Kind = kind;
        (Frontend, Listener, Server) = (null, null, null);
        (FirstTransport, SecondTransport) = (null, null);
        (Mux, ServerMux, _tunnels) = (null, null, []);
        Refusal = null;
        First = Second = -1;
    }

    private void Keep(ReadOnlySpan<byte> image)
    {
        if (_image.Length < image.Length)
            _image = new byte[image.Length];
        image.CopyTo(_image);
        _imageLength = image.Length;
    }

    private string? Judge(ArrivalRoute route, int buffered)
    {
        EngineState engine = route.Engine;
        int limit = engine.Workers[0].Descriptors.Limit;
        if (First < 0 || First >= limit || Second >= limit)
            return "out of descriptors";
        if (buffered > engine.Config.Global.BufferSize - engine.Config.Global.MaxRewrite)
            return "buffers are smaller here";
        Server = route.Server;
        if (Kind == MovedKind.IdleServer)
            return Server is null || Server.Endpoint?.Text != route.Endpoint || !Server.IsRunning ? "no such server here" : null;
        foreach (ArrivingTunnel tunnel in _tunnels)
            if (tunnel.Refusal(limit) is { } why)
                return why;
        (Frontend, Listener) = (route.Frontend, route.Listener);
        if (Frontend is null || Listener is null)
            return "no such frontend here";
        switch (Kind)
        {
            case MovedKind.Client:
            case MovedKind.Tunnels:
                return Frontend.IsHttp
                    ? Second >= 0 && Server is null
                        ? "no such server here"
                        : null
                    : "another mode here";
            case MovedKind.TcpSession:
                return Frontend.IsHttp ? "another mode here"
                    : Server is null || Second < 0 ? "no such server here"
                    : null;
            case MovedKind.Tunnel:
                return !Frontend.IsHttp ? "another mode here"
                    : Server is null || Second < 0 ? "no such server here"
                    : ServerMux is not null && !Server.MaySpeakFrames ? "its server is spoken to otherwise here"
                    : null;
            default:
                return "unknown kind";
        }
    }

    /// <summary>Closes the descriptors: the other process still has its copies, so no peer notices.</summary>
    public void Discard()
    {
        if (First >= 0)
            Files.close(First);
        if (Second >= 0)
            Files.close(Second);
        First = Second = -1;
        if (_isCounted)
            Server?.OpenConnections?.GiveBack();
        _isCounted = false;
        FirstTransport?.Release(null);
        SecondTransport?.Release(null);
        FirstTransport = SecondTransport = null;
        DiscardTunnels();
    }

    /// <summary>Closes what nobody has taken of its streams.</summary>
    internal void DiscardTunnels()
    {
        foreach (ArrivingTunnel tunnel in _tunnels)
            tunnel.Discard();
        _tunnels = [];
    }

    /// <summary>Makes it a live connection of this worker.</summary>
    public void Adopt(Worker worker)
    {
        var image = new FrameReader(_image.AsSpan(0, _imageLength));
        if (Kind == MovedKind.IdleServer)
        {
            _isCounted = false;
            ServerConnection.Adopt(worker, this, ref image);
            return;
        }
        if (worker.ClientConnections.Rent() is not { } client)
        {
            Discard();
            return;
        }
        _isCounted = false;
        worker.Blame(client);
        ClientImage.Read(client, worker, this, ref image);
    }
}
