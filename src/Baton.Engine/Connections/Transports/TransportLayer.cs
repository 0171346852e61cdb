// A transport in the image of a connection: which it is, whose, and its state (docs/handover-protocol.md, "Layers").
using System;
using Baton.Core.Frames;

namespace Baton.Engine.Connections.Transports;

/// <summary>Which of an item's descriptors a layer lies on.</summary>
internal enum LayerPlace : byte
{
    First = 1,
    Second = 2,
}

internal static class TransportLayer
{
    /// <summary>Writes the layers of an item's connections, none for those without a transport.</summary>
    public static void Write(FrameWriter w, Transport? first, Transport? second)
    {
        w.Byte((byte)((first is null ? 0 : 1) + (second is null ? 0 : 1)));
        Write(w, first, LayerPlace.First);
        Write(w, second, LayerPlace.Second);
    }

    private static void Write(FrameWriter w, Transport? transport, LayerPlace place)
    {
        if (transport is null)
            return;
        w.Byte((byte)place);
        w.Byte(transport.LayerType);
        // without it nothing of the connection can be understood
        w.Flag(true);
        int record = w.BeginRecord();
        transport.WriteTo(w);
        w.EndRecord(record);
    }

    /// <summary>
    /// Reads the layers of an item. False when one of them has to be understood and is not known here: the item is not for this process.
    /// </summary>
    public static bool TryRead(ref FrameReader r, out Transport? first, out Transport? second)
    {
        first = second = null;
        // an older process writes none
        for (int count = r.AtEnd ? 0 : r.Byte(); count > 0 && !r.IsShort; count--)
        {
            var place = (LayerPlace)r.Byte();
            byte type = r.Byte();
            bool required = r.Flag();
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

    private static Transport? Read(byte type, ref FrameReader r) =>
        type switch
        {
            TlsTransport.Layer => TlsTransport.Read(ref r),
            XorTransport.Layer => XorTransport.Read(ref r),
            _ => null,
        };
}
