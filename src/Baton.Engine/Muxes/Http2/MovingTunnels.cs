// Tunnels (CONNECT, WebSocket by RFC 8441) on their way to the next process, with the client's connection that they are streams of and with
// the connections to their servers. Towards a server in HTTP/2 a tunnel is a stream of a connection that others may share: it moves where
// all of those are tunnels of the same client.
using System;
using System.Collections.Generic;
using Baton.Core.Frames;
using Baton.Engine.Connections;
using Baton.Engine.Streams;
using Baton.Http.H2;
using FrameWriter = Baton.Core.Frames.FrameWriter;

namespace Baton.Engine.Muxes.Http2;

/// <summary>Of one connection, on its worker.</summary>
internal static class MovingTunnels
{
    /// <summary>As many as one frame of the handover has descriptors for, beside the client and a server kept for it.</summary>
    private const int Most = 250;

    /// <summary>None of the streams has to stay here.</summary>
    public static bool AreAll(Http2Connection mux)
    {
        if (mux.StreamCount > Most)
            return false;
        for (MuxStream? s = mux.FirstStream; s is not null; s = s.Next)
            if (!Moves(s))
                return false;
        return true;
    }

    private static bool Moves(MuxStream s) =>
        !s.Failed
        && s.Stream is { Movable: Handover.MovedKind.Tunnel, ServerSide: { } side }
        && (side.Transport is null || side.Transport.IsMovable);

    public static void Freeze(Http2Connection mux)
    {
        for (MuxStream? s = mux.FirstStream; s is not null; s = s.Next)
            s.Stream!.Freeze();
    }

    public static void Thaw(Http2Connection mux)
    {
        for (MuxStream? s = mux.FirstStream, next; s is not null; s = next)
        {
            next = s.Next;
            s.Stream?.Thaw();
        }
    }

    /// <summary>The next process has them: nothing is said to anybody.</summary>
    public static void Depart(Http2Connection mux)
    {
        for (MuxStream? s = mux.FirstStream, next; s is not null; s = next)
        {
            next = s.Next;
            s.Stream!.Depart();
            s.Release();
        }
    }

    /// <summary>u32 how many, then a record for each; their descriptors are the item's last.</summary>
    public static void Write(Http2Connection mux, FrameWriter w, List<int> descriptors)
    {
        w.Int32(mux.StreamCount);
        for (MuxStream? s = mux.FirstStream; s is not null; s = s.Next)
        {
            HttpStream stream = s.Stream!;
            ServerConnection side = stream.ServerSide!;
            int sharedWith = IndexOf(mux, side, s);
            descriptors.Add(side.Fd);
            int record = w.BeginRecord();
            ServerConnection.WriteRoute(w, side);
            int image = w.BeginRecord();
            w.Int32(side.Reuses);
            ((Http2Stream)s).WriteTo(w);
            stream.WriteImage(w);
            stream.WriteAddresses(w);
            StickTables.StickTrackers.Write(stream.Tracked, w);
            w.EndRecord(image);
            // a connection that several share is told of with the first of them
            bool isFirst = sharedWith < 0;
            ConnectionLayers.Write(w, null, null, isFirst ? side.Transport : null, isFirst ? side.Mux : null);
            w.Int32(sharedWith);
            w.EndRecord(record);
        }
    }

    /// <summary>Which tunnel in front of that one is on the same connection to a server; -1 for none.</summary>
    private static int IndexOf(Http2Connection mux, ServerConnection side, MuxStream of)
    {
        int at = 0;
        for (MuxStream? s = side.Mux is null ? null : mux.FirstStream; s is not null && s != of; s = s.Next, at++)
            if (s.Stream!.ServerSide == side)
                return at;
        return -1;
    }

    /// <summary>Goes on with one. False when there is no memory for it.</summary>
    public static bool Adopt(Http2Connection mux, ClientConnection client, IArrivingStream tunnel)
    {
        Http2Stream? end = client.Worker.Http2Streams.Rent();
        if (end is null)
            return false;
        HttpStream? stream = client.Worker.HttpStreams.Rent();
        FrameReader r = default;
        ServerConnection? side = stream is null ? null : tunnel.Open(client.Worker, out r);
        if (side is null)
        {
            client.Worker.Http2Streams.Return(end);
            if (stream is not null)
                client.Worker.HttpStreams.Return(stream);
            return false;
        }
        bool hasRoom = end.Adopt(mux, stream!, ref r);
        mux.Add(end);
        stream!.Adopt(client, side, ref r, end);
        return hasRoom;
    }
}
