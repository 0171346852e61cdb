// What lies on a connection's descriptor, in its image: which layers, whose, and their state (docs/handover-protocol.md, "Layers"). A
// transport changes the bytes on their way, a mux makes streams of them.
using System;
using Baton.Core.Frames;
using Baton.Engine.Connections.Transports;

namespace Baton.Engine.Connections;

/// <summary>Which of an item's descriptors a layer lies on.</summary>
internal enum LayerPlace : byte
{
    First = 1,
    Second = 2,
}

internal static class ConnectionLayers
{
    /// <summary>Writes the layers of an item's connections, none for those without.</summary>
    public static void Write(FrameWriter w, Transport? first, IMuxLayer? mux, Transport? second, IMuxLayer? secondMux)
    {
        w.Byte((byte)((first is null ? 0 : 1) + (mux is null ? 0 : 1) + (second is null ? 0 : 1) + (secondMux is null ? 0 : 1)));
        Write(w, first, LayerPlace.First);
        Write(w, mux, LayerPlace.First);
        Write(w, second, LayerPlace.Second);
        Write(w, secondMux, LayerPlace.Second);
    }

    private static void Write(FrameWriter w, IMuxLayer? mux, LayerPlace place)
    {
        if (mux is null)
            return;
        int record = Begin(w, place, mux.LayerType);
        mux.WriteTo(w);
        w.EndRecord(record);
    }

    private static void Write(FrameWriter w, Transport? transport, LayerPlace place)
    {
        if (transport is null)
            return;
        int record = Begin(w, place, transport.LayerType);
        transport.WriteTo(w);
        w.EndRecord(record);
    }

    private static int Begin(FrameWriter w, LayerPlace place, byte type)
    {
        w.Byte((byte)place);
        w.Byte(type);
        // without it nothing of the connection can be understood
        w.Flag(true);
        return w.BeginRecord();
    }

    /// <summary>
    /// Reads the layers of an item. False when one of them has to be understood and is not known here: the item is not for this process.
    /// <paramref name="mux"/>: the image of the client's mux, <paramref name="serverMux"/> that of the server's; null for none. A worker
    /// reads them.
    /// </summary>
    public static bool TryRead(ref FrameReader r, out Transport? first, out byte[]? mux, out Transport? second, out byte[]? serverMux)
    {
        first = second = null;
        mux = serverMux = null;
        // an older process writes none
        for (int count = r.AtEnd ? 0 : r.Byte(); count > 0 && !r.IsShort; count--)
        {
            var place = (LayerPlace)r.Byte();
            byte type = r.Byte();
            bool required = r.Flag();
            if (type == Http2Layer && place == LayerPlace.First)
            {
                mux = r.Blob().ToArray();
                continue;
            }
            // an item has one connection to a server at most that can speak in frames
            if (type == Http2ServerLayer)
            {
                serverMux = r.Blob().ToArray();
                continue;
            }
            FrameReader record = r.Record();
            Transport? transport = Read(type, ref record);
            if (transport is null || record.IsShort)
            {
                transport?.Release(null);
                if (required)
                    return Refuse(ref first, ref second);
                continue;
            }
            ref Transport? at = ref place == LayerPlace.First ? ref first : ref second;
            at?.Release(null);
            at = transport;
        }
        return !r.IsShort || Refuse(ref first, ref second);
    }

    private static bool Refuse(ref Transport? first, ref Transport? second)
    {
        first?.Release(null);
        second?.Release(null);
        first = second = null;
        return false;
    }

    /// <summary>The numbers of HTTP/2 among the layers: of a client, and of a server.</summary>
    internal const byte Http2Layer = 2,
        Http2ServerLayer = 3;

    private static Transport? Read(byte type, ref FrameReader r) =>
        type switch
        {
            TlsTransport.Layer => TlsTransport.Read(ref r),
            XorTransport.Layer => XorTransport.Read(ref r),
            _ => null,
        };
}
