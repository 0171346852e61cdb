// A stick table as peers speak of it: what it is called and looks like, and its entries as messages carry them, in both directions.
using System;
using System.Buffers.Binary;
using System.IO.Hashing;
using Baton.Configuration.Model;
using Baton.Core.Text;
using Baton.Engine.Peers.Wire;
using Baton.Engine.StickTables;

namespace Baton.Engine.Peers;

/// <summary>Of one table of a section; immutable.</summary>
internal sealed class TableForm
{
    public TableForm(StickTableState table, int number, int shards)
    {
        Table = table;
        Shards = shards;
        _seed = (long)XxHash64.HashToUInt64(ByteText.GetBytes(table.Config.Name));
        StickTableConfig config = table.Config;
        var fields = new DataField[config.Data.Count];
        int at = 0;
        for (int i = 0; i < fields.Length; i++)
        {
            StickDataConfig data = config.Data[i];
            fields[i] = new DataField((int)data.Type, DataTypes.ShapeOf((int)data.Type), data.Count, (uint)data.PeriodMs, at);
            at += fields[i].Numbers;
        }
        Definition = new TableDefinition
        {
            Id = (uint)number,
            // COMPAT: a table of the section itself has a slash in front, so that it is not taken for a proxy's
            Name = config.NameInSection is { } own ? "/" + own : config.Name,
            KeyType = config.Type switch
            {
                StickKeyType.Ip => KeyTypes.IPv4,
                StickKeyType.Ipv6 => KeyTypes.IPv6,
                StickKeyType.Integer => KeyTypes.Integer,
                StickKeyType.String => KeyTypes.Text,
                _ => KeyTypes.Binary,
            },
            KeyLength = config.Type == StickKeyType.String ? config.KeyLength + 1 : config.KeyLength,
            ExpireMs = (uint)config.ExpireMs,
            Fields = fields,
        };
    }

    public StickTableState Table { get; }

    private readonly long _seed;

    /// <summary>Parts that its keys are spread over ("shards"); 0 for one.</summary>
    public int Shards { get; }

    /// <summary>The part that a key belongs to, from 1 on. COMPAT: as in HAProxy, so that all tell a peer of the same keys.</summary>
    public int ShardOf(ReadOnlySpan<byte> key) => (int)(XxHash64.HashToUInt64(key, _seed) % (uint)Math.Max(1, Shards)) + 1;

    /// <summary>As it is told; its number is 1 for the first of the section.</summary>
    public TableDefinition Definition { get; }

    /// <summary>Entries of a table that looks like that can be taken over. COMPAT: with other keys nothing is.</summary>
    public bool Fits(TableDefinition other) => other.KeyType == Definition.KeyType && other.KeyLength == Definition.KeyLength;

    /// <summary>An entry as it goes out.</summary>
    /// <param name="entry">What is told.</param>
    /// <param name="values">Room for the numbers of the definition.</param>
    /// <param name="number">Room for a key of type integer.</param>
    /// <param name="nowMs">The worker's time.</param>
    public EntryUpdate ToWire(StickEntryCopy entry, Span<ulong> values, Span<byte> number, long nowMs)
    {
        var update = new EntryUpdate
        {
            Number = (uint)entry.Change,
            ExpireMs = -1,
            Values = values,
        };
        if (Definition.KeyType == KeyTypes.Integer)
        {
            BinaryPrimitives.WriteUInt32BigEndian(number, entry.KeyNumber);
            update.Key = number;
        }
        else
            update.Key = entry.Key;
        foreach (DataField field in Definition.Fields)
        {
            var type = (StickDataType)field.Type;
            if (field.Shape == DataShape.Word)
            {
                string text = entry.Text(type);
                update.ServerKey = text.Length > 0 ? text : null;
                continue;
            }
            for (int i = 0; i < field.Elements; i++)
                if (field.Shape == DataShape.Rate)
                {
                    StickRate rate = entry.Rate(type, i);
                    Span<ulong> three = values.Slice(field.At + i * DataField.RateNumbers, DataField.RateNumbers);
                    three[0] = (uint)nowMs - rate.Began;
                    three[1] = rate.Current;
                    three[2] = rate.Previous;
                }
                else
                    values[field.At + i] = entry.Number(type, i);
        }
        return update;
    }

    /// <summary>
    /// Elements of each of their fields that are stored here; 0 where none is. The number of connections that are there now is each
    /// process's own (COMPAT).
    /// </summary>
    public int[] CountsOf(TableDefinition theirs) =>
        Array.ConvertAll(theirs.Fields, field =>
            field.Type != (int)StickDataType.ConnCur && Table.Config.Find((StickDataType)field.Type) is { } own
                ? Math.Min(field.Elements, own.Count)
                : 0
        );

    /// <summary>What another process says of an entry.</summary>
    /// <param name="update">What it says.</param>
    /// <param name="theirs">What the table looks like there.</param>
    /// <param name="counts">What of it is stored here (<see cref="CountsOf"/>).</param>
    /// <param name="into">The entry.</param>
    /// <param name="nowMs">The worker's time.</param>
    public static void FromWire(in EntryUpdate update, TableDefinition theirs, ReadOnlySpan<int> counts, StickEntryCopy into, long nowMs)
    {
        if (theirs.KeyType == KeyTypes.Integer)
        {
            Span<byte> number = stackalloc byte[sizeof(uint)];
            BinaryPrimitives.WriteUInt32LittleEndian(number, BinaryPrimitives.ReadUInt32BigEndian(update.Key));
            into.Begin(number);
        }
        else
            into.Begin(update.Key);
        into.ExpiresInMs = update.ExpireMs;
        for (int at = 0; at < counts.Length; at++)
        {
            DataField field = theirs.Fields[at];
            var type = (StickDataType)field.Type;
            if (field.Shape == DataShape.Word)
            {
                if (counts[at] > 0)
                    into.SetText(type, update.ServerKey ?? "");
                continue;
            }
            for (int i = 0; i < counts[at]; i++)
                if (field.Shape == DataShape.Rate)
                {
                    ReadOnlySpan<ulong> three = update.Values.Slice(field.At + i * DataField.RateNumbers, DataField.RateNumbers);
                    into.SetRate(
                        type,
                        i,
                        new StickRate
                        {
                            Began = (uint)nowMs - (uint)three[0],
                            Current = (uint)three[1],
                            Previous = (uint)three[2],
                        }
                    );
                }
                else
                    into.SetNumber(type, i, update.Values[field.At + i]);
        }
    }
}
