// A tunnel within a client's HTTP/2 connection that comes from the previous process: whose it is, its server's connection, and what its
// stream looked like (MovingTunnels writes it). Read and judged with the connection (Arrival), adopted by that connection's mux.
using System;
using System.Collections.Generic;
using Baton.Core.Frames;
using Baton.Engine.Connections;
using Baton.Engine.Connections.Transports;
using Baton.Engine.Loop;
using Baton.Engine.Servers;
using Baton.Interop.Linux;

namespace Baton.Engine.Handover;

/// <summary>Holds its server's descriptor and transport until somebody takes or discards them.</summary>
public sealed class ArrivingTunnel : IArrivingStream
{
    private readonly byte[] _image;
    private readonly byte[]? _mux;
    private readonly ServerState? _server;
    private readonly bool _isKnown;
    private readonly ArrivingTunnel? _first;
    private Transport? _transport;
    private int _fd;

    /// <summary>Its server's connection, once it is alive.</summary>
    private ServerConnection? _side;
    private uint _life;

    private ArrivingTunnel(byte[] image, ServerState? server, int fd, ArrivingLayers layers, ArrivingTunnel? first)
    {
        (_image, _server, _fd, _first) = (image, server, fd, first);
        (_isKnown, _transport, _mux) = (layers.AreKnown, layers.Transport, layers.Mux);
    }

    /// <summary>What lies on a server's connection.</summary>
    private readonly record struct ArrivingLayers(bool AreKnown, Transport? Transport, byte[]? Mux);

    /// <summary>Its server's connection is among those that are open ("strict-maxconn"), as soon as it is known.</summary>
    private bool _isCounted;

    /// <summary>Reads all that an item has, and takes their descriptors, the last of <paramref name="descriptors"/>. Empty when they make
    /// no sense.</summary>
    internal static ArrivingTunnel[] ReadAll(EngineState engine, ref FrameReader item, ref ReadOnlySpan<int> descriptors)
    {
        int count = item.Int32(),
            first = descriptors.Length - count;
        if (count <= 0 || first < 0 || item.IsShort)
            return [];
        var tunnels = new ArrivingTunnel[count];
        for (int i = 0; i < count; i++)
        {
            FrameReader record = item.Record();
            ReadOnlySpan<byte> backend = record.Blob();
            string server = record.Text();
            // where the server was does not matter to what is connected to it
            record.Blob();
            byte[] image = record.Blob().ToArray();
            bool isKnown = ConnectionLayers.TryRead(ref record, out _, out _, out Transport? transport, out byte[]? mux);
            // an older process knows of none that share a connection
            int sharedWith = record.AtEnd ? -1 : record.Int32();
            isKnown &= !record.IsShort && sharedWith < i && (sharedWith < 0 || tunnels[sharedWith]._mux is not null);
            ServerState? found = engine.FindBackend(backend)?.FindTarget(server);
            ArrivingTunnel? whose = isKnown && sharedWith >= 0 ? tunnels[sharedWith] : null;
            tunnels[i] = new ArrivingTunnel(image, found, descriptors[first + i], new ArrivingLayers(isKnown, transport, mux), whose);
            tunnels[i].Count();
        }
        descriptors = descriptors[..first];
        return tunnels;
    }

    private void Count()
    {
        // one that is shared is counted once
        if (_first is not null || _server?.OpenConnections is not { } open)
            return;
        open.Add();
        _isCounted = true;
    }

    /// <summary>Why it cannot go on here; null when it can.</summary>
    internal string? Refusal(int descriptorLimit) =>
        _fd >= descriptorLimit ? "out of descriptors"
        : !_isKnown ? "it has a layer that is not known here"
        : _server is null ? "no such server here"
        : _mux is not null && !_server.MaySpeakFrames ? "its server is spoken to otherwise here"
        : null;

    public ServerConnection? Open(Worker worker, out FrameReader r)
    {
        r = new FrameReader(_image);
        int reuses = r.Int32();
        if (_first is not null)
        {
            // the connection is there already, perhaps without a stream by now
            Discard();
            ServerConnection? shared = _first._side is { Mux: not null } one && one.Life == _first._life ? one : null;
            shared?.LeaveHolders();
            return shared;
        }
        ServerConnection? side = ServerConnection.Moved(worker, _server!, _fd, _transport, reuses);
        _isCounted = false;
        _fd = -1;
        if (side is null)
            _transport?.Release(null);
        _transport = null;
        if (_mux is not null && side is not null && !side.GoOn(_mux))
        {
            side.Discard();
            side = null;
        }
        if (side is not null)
            (_side, _life) = (side, side.Life);
        return side;
    }

    /// <summary>Closes the descriptor: where the other process still has its copy no peer notices.</summary>
    internal void Discard()
    {
        if (_fd >= 0)
            Files.close(_fd);
        _fd = -1;
        if (_isCounted)
            _server?.OpenConnections?.GiveBack();
        _isCounted = false;
        _transport?.Release(null);
        _transport = null;
    }
}
