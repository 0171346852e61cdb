// A message of protocol buffers, looked through for one field (https://protobuf.dev/programming-guides/encoding).
using System;
using System.Buffers.Binary;

namespace Baton.Engine.Samples.Converters;

/// <summary>How a field of a known type is written, and read as a number.</summary>
internal enum ProtobufWire : byte
{
    Varint = 0,
    Eight = 1,
    Bytes = 2,
    Four = 5,
}

/// <summary>Bytes that say for themselves where their fields are.</summary>
internal ref struct ProtobufMessage(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>
    /// The first field on a path of numbers through messages within messages, as it is written. False when there is none, or the message
    /// ends or makes no sense in front of it.
    /// </summary>
    public static bool TryFind(ReadOnlySpan<byte> message, ReadOnlySpan<uint> path, out ProtobufWire wire, out ReadOnlySpan<byte> value)
    {
        var fields = new ProtobufMessage(message);
        while (fields.TryNext(out ulong number, out wire, out value))
        {
            if (number != path[0])
                continue;
            if (path.Length == 1 || wire == ProtobufWire.Bytes && TryFind(value, path[1..], out wire, out value))
                return true;
        }
        return false;
    }

    private bool TryNext(out ulong number, out ProtobufWire wire, out ReadOnlySpan<byte> value)
    {
        value = default;
        bool hasKey = TryVarint(_rest, out ulong key, out int used);
        (number, wire) = (key >> 3, (ProtobufWire)(key & 7));
        if (!hasKey || number == 0)
            return false;
        _rest = _rest[used..];
        ulong length;
        switch (wire)
        {
            case ProtobufWire.Varint:
                if (!TryVarint(_rest, out _, out used))
                    return false;
                length = (ulong)used;
                break;
            case ProtobufWire.Eight:
                length = 8;
                break;
            case ProtobufWire.Four:
                length = 4;
                break;
            case ProtobufWire.Bytes:
                if (!TryVarint(_rest, out length, out used))
                    return false;
                _rest = _rest[used..];
                break;
            default:
                return false;
        }
        if (length > (ulong)_rest.Length)
            return false;
        value = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return true;
    }

    /// <summary>Seven bits a byte, the low ones first; ten bytes at most.</summary>
    public static bool TryVarint(ReadOnlySpan<byte> bytes, out ulong value, out int used)
    {
        value = 0;
        for (used = 0; used < bytes.Length && used < 10; )
        {
            byte b = bytes[used];
            value |= (ulong)(b & 0x7F) << 7 * used++;
            if (b < 0x80)
                return true;
        }
        return false;
    }

    /// <summary>The message behind the five bytes that gRPC puts in front of each; moves on to the next. False at the end.</summary>
    public static bool TryUnwrap(ReadOnlySpan<byte> framed, scoped ref int at, out ReadOnlySpan<byte> message)
    {
        const int header = 5;
        message = default;
        if (framed.Length - at < header)
            return false;
        uint length = BinaryPrimitives.ReadUInt32BigEndian(framed[(at + 1)..]);
        if (length > framed.Length - at - header)
            return false;
        message = framed.Slice(at + header, (int)length);
        at += header + (int)length;
        return true;
    }
}
