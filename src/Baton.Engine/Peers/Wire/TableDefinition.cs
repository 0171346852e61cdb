// What a table looks like, as one peer tells another before it sends entries of it: a number for it, its name, its keys, its data types.
using System;
using System.Collections.Generic;
using System.Text;

namespace Baton.Engine.Peers.Wire;

/// <summary>Immutable.</summary>
public sealed class TableDefinition
{
    private const int MaxNameLength = 1024;

    /// <summary>The teller's number for the table.</summary>
    public required uint Id { get; init; }
    public required string Name { get; init; }

    /// <summary>One of <see cref="KeyTypes"/>.</summary>
    public required int KeyType { get; init; }

    /// <summary>Bytes of a key; of a text one more than the most it has.</summary>
    public required int KeyLength { get; init; }
    public required uint ExpireMs { get; init; }

    /// <summary>In the order of their numbers.</summary>
    public required DataField[] Fields { get; init; }

    /// <summary>The types as bits.</summary>
    public ulong Bits
    {
        get
        {
            ulong bits = 0;
            foreach (DataField f in Fields)
                bits |= 1UL << f.Type;
            return bits;
        }
    }

    /// <summary>Numbers that the values of an entry take.</summary>
    public int Numbers => Fields.Length == 0 ? 0 : Fields[^1].At + Fields[^1].Numbers;

    /// <summary>Null when the body is no definition. What stands behind what is known of it is skipped.</summary>
    public static TableDefinition? Read(ReadOnlySpan<byte> body)
    {
        if (
            !EncodedInteger.TryTake(ref body, out ulong id)
            || !EncodedInteger.TryTake(ref body, out ulong nameLength)
            || nameLength is 0 or > MaxNameLength
            || (int)nameLength > body.Length
        )
            return null;
        string name = Encoding.UTF8.GetString(body[..(int)nameLength]);
        body = body[(int)nameLength..];
        if (
            !EncodedInteger.TryTake(ref body, out ulong keyType)
            || !EncodedInteger.TryTake(ref body, out ulong keyLength)
            || !EncodedInteger.TryTake(ref body, out ulong bits)
            || id > uint.MaxValue
            || keyType > KeyTypes.Binary
            || keyLength is 0 or > ushort.MaxValue
        )
            return null;
        // older releases end here
        bool hasMore = EncodedInteger.TryTake(ref body, out ulong expire);
        return new TableDefinition
        {
            Id = (uint)id,
            Name = name,
            KeyType = (int)keyType,
            KeyLength = (int)keyLength,
            ExpireMs = (uint)Math.Min(hasMore ? expire : 0, uint.MaxValue),
            Fields = ReadFields(bits, body),
        };
    }

    /// <summary>
    /// The types that have something behind the list of them (a period, a number of elements) say it in their order. A type that nobody
    /// knows ends what can be read of an entry: it and those behind it are left out, as haproxy does.
    /// </summary>
    private static DataField[] ReadFields(ulong bits, ReadOnlySpan<byte> parameters)
    {
        var fields = new List<DataField>();
        int at = 0;
        for (int type = 0; type < DataTypes.Most; type++)
        {
            if ((bits >> type & 1) == 0)
                continue;
            DataShape shape = DataTypes.ShapeOf(type);
            if (shape == DataShape.Unknown)
                break;
            ulong elements = 1,
                period = 0;
            if (shape == DataShape.Rate || DataTypes.IsArray(type))
            {
                bool isSaid = EncodedInteger.TryTake(ref parameters, out ulong of) && of == (ulong)type;
                if (isSaid && DataTypes.IsArray(type))
                    isSaid = EncodedInteger.TryTake(ref parameters, out elements);
                if (isSaid && shape == DataShape.Rate)
                    isSaid = EncodedInteger.TryTake(ref parameters, out period);
                if (!isSaid)
                    parameters = default;
                // an array of unknown length cannot be read, a rate of unknown period can
                if (DataTypes.IsArray(type) && (!isSaid || elements is 0 or > DataTypes.MaxElements))
                    break;
            }
            var field = new DataField(type, shape, (int)elements, (uint)Math.Min(period, uint.MaxValue), at);
            fields.Add(field);
            at += field.Numbers;
        }
        return [.. fields];
    }

    /// <summary>Writes the body; the bytes written, 0 when there is no room.</summary>
    public int Write(Span<byte> to)
    {
        byte[] name = Encoding.UTF8.GetBytes(Name);
        if (to.Length < name.Length + (6 + 3 * Fields.Length) * EncodedInteger.MaxLength)
            return 0;
        int at = EncodedInteger.Write(to, Id);
        at += EncodedInteger.Write(to[at..], (ulong)name.Length);
        name.CopyTo(to[at..]);
        at += name.Length;
        at += EncodedInteger.Write(to[at..], (ulong)KeyType);
        at += EncodedInteger.Write(to[at..], (ulong)KeyLength);
        at += EncodedInteger.Write(to[at..], Bits);
        at += EncodedInteger.Write(to[at..], ExpireMs);
        foreach (DataField f in Fields)
        {
            bool isArray = DataTypes.IsArray(f.Type);
            if (f.Shape != DataShape.Rate && !isArray)
                continue;
            at += EncodedInteger.Write(to[at..], (ulong)f.Type);
            if (isArray)
                at += EncodedInteger.Write(to[at..], (ulong)f.Elements);
            if (f.Shape == DataShape.Rate)
                at += EncodedInteger.Write(to[at..], f.PeriodMs);
        }
        return at;
    }
}
