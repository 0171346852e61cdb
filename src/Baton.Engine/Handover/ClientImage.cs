// What moves of a client's connection: descriptors, route, and the image of its session and stream (docs/handover-protocol.md).
using System.Collections.Generic;
using Baton.Configuration.Model;
using Baton.Core.Frames;
using Baton.Engine.Connections;
using Baton.Engine.Connections.Transports;
using Baton.Engine.Loop;
using Baton.Engine.Servers;
using Baton.Engine.Streams;

namespace Baton.Engine.Handover;

/// <summary>The form of the record; what it says belongs to the types that write and read their parts.</summary>
internal static class ClientImage
{
    /// <summary>Writes the item behind its kind: descriptors, route, image (docs/handover-protocol.md).</summary>
    public static void Write(ClientConnection client, FrameWriter w, List<int> descriptors, MovedKind kind)
    {
        Session session = client.Session;
        ProxyStream? stream = client.Stream;
        bool isAlone = kind is MovedKind.Client or MovedKind.Tunnels;
        ServerConnection? side =
            !isAlone ? stream!.ServerSide
            : MovesWith(session, session.PrivateServer) ? session.PrivateServer
            : null;
        int tunnels = kind == MovedKind.Tunnels ? client.Mux!.StreamCount : 0;
        w.Byte((byte)((side is null ? 1 : 2) + tunnels));
        descriptors.Add(client.Fd);
        if (side is not null)
            descriptors.Add(side.Fd);
        w.Text(client.Frontend.Name);
        w.Text(client.Listener.Key);
        ServerConnection.WriteRoute(w, side);
        // what a relay has in hand gets a block of its size there
        w.Int32(isAlone ? client.HeadSoFar.Length + (client.Mux?.HeldLength ?? 0) : 0);
        int image = w.BeginRecord();
        w.Byte((byte)client.Phase);
        session.WriteTo(w);
        w.Int32(side?.Reuses ?? 0);
        if (isAlone)
            w.Blob(client.HeadSoFar);
        else
            stream!.WriteImage(w);
        w.Blob(session.ProxyFields);
        if (!isAlone)
            stream!.WriteAddresses(w);
        StickTables.StickTrackers.Write(session.Tracked, w);
        StickTables.StickTrackers.Write(isAlone ? null : stream!.Tracked, w);
        w.EndRecord(image);
        ConnectionLayers.Write(w, client.Transport, client.Mux, side?.Transport, side?.Mux);
        if (tunnels > 0)
            client.Mux!.WriteStreams(w, descriptors);
    }

    /// <summary>
    /// What a kept connection was marked with, and whom it was introduced with when rules said that for one request, is not known there:
    /// it ends here.
    /// </summary>
    private static bool MovesWith(Session session, ServerConnection? kept) =>
        kept is { Marks.IsAny: false }
        && (kept.Mux is null || kept.Mux.IsMovable && kept.Worker.Engine.Handover.NextTakesStreams)
        && (!kept.ToldSource.IsSet || kept.ToldSource.Equals(session.Source) && kept.ToldDestination.Equals(session.Destination));

    /// <summary>Takes over a connection of the previous process. What fails ends it.</summary>
    public static void Read(ClientConnection client, Worker worker, Arrival arrival, ref FrameReader r)
    {
        client.Adopt(worker, arrival.Frontend!, arrival.Listener!, arrival.First, (ClientPhase)r.Byte() == ClientPhase.Handshake);
        Session session = client.Session;
        session.ReadFrom(ref r);
        int reuses = r.Int32();
        client.EnterMoved(arrival.FirstTransport);
        ServerConnection? side =
            arrival.Second < 0 ? null : ServerConnection.Moved(worker, arrival.Server!, arrival.Second, arrival.SecondTransport, reuses);
        if (side is null && arrival.Second >= 0)
        {
            client.CloseForMemory();
            return;
        }
        if (arrival.Kind is MovedKind.Client or MovedKind.Tunnels)
        {
            if (side is not null)
                Keep(side, session, arrival.ServerMux);
            System.ReadOnlySpan<byte> head = r.Blob();
            ReadProxyFields(session, ref r);
            session.ReadTracked(ref r);
            ArrivingClient.GoOn(client, head, arrival.Mux, arrival.Tunnels);
            arrival.DiscardTunnels();
            return;
        }
        ProxyStream? stream = arrival.Kind == MovedKind.Tunnel ? worker.HttpStreams.Rent() : worker.TcpStreams.Rent();
        if (stream is null)
        {
            side!.Discard();
            client.CloseForMemory();
            return;
        }
        if (arrival.ServerMux is { } mux && !side!.GoOn(mux))
        {
            stream.ReturnToPool();
            side.Discard();
            client.CloseForMemory();
            return;
        }
        client.Carry(stream);
        stream.Adopt(client, side!, ref r);
    }

    private static void Keep(ServerConnection side, Session session, byte[]? mux)
    {
        if (!side.GoOn(mux))
        {
            side.Discard();
            return;
        }
        if (side.Server.Config.SendProxy != ProxyProtocolVersion.None)
            (side.ToldSource, side.ToldDestination) = (session.Source, session.Destination);
        side.KeepFor(session);
    }

    /// <summary>The end of every image; an older process wrote none.</summary>
    public static void ReadProxyFields(Session session, ref FrameReader r)
    {
        if (!r.AtEnd)
            session.KeepProxyFields(r.Blob());
    }
}
