// Fields of protocol buffers, alone or as gRPC frames them (manual 7.3.1): protobuf, ungrpc.
using System;
using System.Buffers.Binary;
using Baton.Configuration.Expressions;

namespace Baton.Engine.Samples.Converters;

internal static class ProtobufConverters
{
    private delegate long Reader(ReadOnlySpan<byte> field);

    /// <summary>What makes a number of a field that is written so. COMPAT: of all 64 bits, whatever the type's own size.</summary>
    private sealed record FieldType(string Name, ProtobufWire Wire, Reader Read);

    private static readonly FieldType[] s_types =
    [
        new("int32", ProtobufWire.Varint, Varint),
        new("int64", ProtobufWire.Varint, Varint),
        new("uint32", ProtobufWire.Varint, Varint),
        new("uint64", ProtobufWire.Varint, Varint),
        new("bool", ProtobufWire.Varint, Varint),
        new("enum", ProtobufWire.Varint, Varint),
        new("sint32", ProtobufWire.Varint, ZigZag),
        new("sint64", ProtobufWire.Varint, ZigZag),
        new("fixed32", ProtobufWire.Four, f => BinaryPrimitives.ReadUInt32LittleEndian(f)),
        new("sfixed32", ProtobufWire.Four, f => BinaryPrimitives.ReadInt32LittleEndian(f)),
        new("float", ProtobufWire.Four, f => (long)BinaryPrimitives.ReadSingleLittleEndian(f)),
        new("fixed64", ProtobufWire.Eight, BinaryPrimitives.ReadInt64LittleEndian),
        new("sfixed64", ProtobufWire.Eight, BinaryPrimitives.ReadInt64LittleEndian),
        new("double", ProtobufWire.Eight, f => (long)BinaryPrimitives.ReadDoubleLittleEndian(f)),
    ];

    private static long Varint(ReadOnlySpan<byte> field)
    {
        ProtobufMessage.TryVarint(field, out ulong value, out _);
        return (long)value;
    }

    private static long ZigZag(ReadOnlySpan<byte> field)
    {
        long value = Varint(field);
        return (long)((ulong)value >> 1) ^ -(value & 1);
    }

    private static string? Check(Argument[] a)
    {
        uint[] path = Array.ConvertAll(a[0].Text.Split('.'), n => uint.TryParse(n, out uint number) ? number : 0);
        if (Array.IndexOf(path, 0u) >= 0)
            return $"'{a[0].Text}' is no field number: numbers from 1 on are expected, with dots between them";
        a[0] = a[0] with { Value = path };
        if (a[1].Absent)
            return null;
        if (Array.Find(s_types, t => t.Name == a[1].Text) is not { } type)
            return $"Wrong protocol buffer type '{a[1].Text}'";
        a[1] = a[1] with { Value = type };
        return null;
    }

    private static bool Take(Argument[] a, ReadOnlySpan<byte> message, ref SampleValue v)
    {
        if (!ProtobufMessage.TryFind(message, (uint[])a[0].Value!, out ProtobufWire wire, out ReadOnlySpan<byte> field))
            return false;
        if (a[1].Value is not FieldType type)
            v.SetBinary(field);
        else if (type.Wire == wire)
            v.SetNumber(type.Read(field));
        else
            return false;
        return true;
    }

    private static bool TakeFromFrames(Argument[] a, ref SampleValue v)
    {
        ReadOnlySpan<byte> body = v.Text;
        for (int at = 0; ProtobufMessage.TryUnwrap(body, ref at, out ReadOnlySpan<byte> message); )
            if (Take(a, message, ref v))
                return true;
        return false;
    }

    private static SampleConverter Row(string name, string summary, ConvertFunction f) =>
        new()
        {
            Name = name,
            Input = SampleType.Binary,
            Output = SampleType.Any,
            Summary = summary,
            Convert = f,
            Arguments = [new(ArgumentKind.String, "field"), new(ArgumentKind.String, "type", true)],
            Check = Check,
        };

    internal static readonly SampleConverter[] Rows =
    [
        Row("protobuf", "field of a protocol buffers message", (a, m, ref v) => Take(a, v.Text, ref v)),
        Row("ungrpc", "field of the messages in the body of a gRPC request", (a, m, ref v) => TakeFromFrames(a, ref v)),
    ];
}
