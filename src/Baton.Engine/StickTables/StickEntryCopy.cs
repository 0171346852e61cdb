// An entry as it was at a moment, for those who tell of it at leisure, and one that is to be, for those who heard of it from elsewhere.
// SAFETY: what is read of an entry is read inside its shard's gate and has the layout of the table that the copy is for.
using System;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Baton.Configuration.Model;

namespace Baton.Engine.StickTables;

/// <summary>OWNER: whoever made it, to use it again and again. Which types have a value is told by <see cref="Has"/>.</summary>
public sealed unsafe class StickEntryCopy(StickTableState table)
{
    private readonly byte[] _data = new byte[table.Layout.DataLength];
    private readonly byte[] _key = new byte[table.Config.KeyLength];
    private int _keyLength;
    private uint _has;

    public StickTableState Table => table;

    /// <summary>The key in the form in which the table keeps it: 4 or 16 bytes of an address, 4 of a number in the order of this machine,
    /// text, bytes.</summary>
    public ReadOnlySpan<byte> Key => _key.AsSpan(0, _keyLength);

    /// <summary>Milliseconds until it expires; -1 for never.</summary>
    public long ExpiresInMs { get; set; }
    public bool IsExpired => ExpiresInMs == 0;

    /// <summary>The last that was said of it came from a peer.</summary>
    public bool IsLearned { get; private set; }

    /// <summary>Number of its last change; 0 where none are counted.</summary>
    public long Change { get; private set; }

    /// <summary>Those who track it.</summary>
    public int Holders { get; private set; }

    /// <summary>Tells it from others in the output of commands.</summary>
    public ulong Address { get; private set; }

    /// <summary>Milliseconds since it was used.</summary>
    public long IdleMs { get; private set; }

    /// <summary>Nothing is in it but the key.</summary>
    public void Begin(ReadOnlySpan<byte> key)
    {
        _keyLength = Math.Min(key.Length, _key.Length);
        key[.._keyLength].CopyTo(_key);
        _has = 0;
        ExpiresInMs = -1;
        IsLearned = false;
    }

    internal void Take(StickShard shard, int index, uint number, long nowMs)
    {
        byte* entry = shard.At(number);
        Begin(shard.Key(entry));
        new ReadOnlySpan<byte>(entry + table.Layout.DataOffset, _data.Length).CopyTo(_data);
        _has = uint.MaxValue;
        int expire = table.Config.ExpireMs;
        IdleMs = Math.Max(0, nowMs - StickShard.UsedMs(entry));
        ExpiresInMs = expire == 0 ? -1 : Math.Max(0, StickShard.UsedMs(entry) + expire - nowMs);
        Holders = StickShard.Holders(entry);
        if (Holders > 0 && ExpiresInMs == 0)
            ExpiresInMs = 1;
        IsLearned = (StickShard.Flags(entry) & StickShard.IsLearned) != 0;
        Change = table.Layout.HasChanges ? StickChanges.NumberOf(entry) : 0;
        Address = (ulong)(nint)entry;
    }

    internal ReadOnlySpan<byte> Data => _data;

    /// <summary>The table stores it, and it has been set or copied.</summary>
    public bool Has(StickDataType type) => table.Layout.Stores(type) && (_has & 1u << (int)type) != 0;

    private ref byte Place(StickDataType type, int index) =>
        ref _data[table.Layout.OffsetOf(type) - table.Layout.DataOffset + index * StickLayout.SizeOf(StickDataKind.Of(type).Form)];

    /// <summary>The number as it is kept: of texts the number of the text.</summary>
    public ulong Number(StickDataType type, int index = 0) =>
        StickDataKind.Of(type).Form == StickDataForm.LongNumber
            ? Unsafe.ReadUnaligned<ulong>(ref Place(type, index))
            : Unsafe.ReadUnaligned<uint>(ref Place(type, index));

    public StickRate Rate(StickDataType type, int index = 0) => Unsafe.ReadUnaligned<StickRate>(ref Place(type, index));

    public string Text(StickDataType type) => table.Texts.Of((uint)Number(type));

    /// <summary>What a number or rate is now, as fetches and commands show it.</summary>
    public long Value(StickDataType type, int index, long nowMs)
    {
        StickDataConfig data = table.Config.Find(type)!;
        if (data.Kind.IsRate)
            return Rate(type, index).Read(nowMs, data.PeriodMs);
        // fewer may have come than have gone as long as two processes count
        return type == StickDataType.ConnCur ? Math.Max(0, (int)Number(type)) : (long)Number(type, index);
    }

    /// <summary>Sets a number; the table stores it.</summary>
    public void SetNumber(StickDataType type, int index, ulong value)
    {
        Touch(type);
        if (StickDataKind.Of(type).Form == StickDataForm.LongNumber)
            Unsafe.WriteUnaligned(ref Place(type, index), value);
        else
            Unsafe.WriteUnaligned(ref Place(type, index), (uint)value);
    }

    public void SetRate(StickDataType type, int index, in StickRate rate)
    {
        Touch(type);
        Unsafe.WriteUnaligned(ref Place(type, index), rate);
    }

    public void SetText(StickDataType type, string text) => SetNumber(type, 0, table.Texts.NumberOf(text));

    /// <summary>The first element of what is set now: those that are not are zeros.</summary>
    private void Touch(StickDataType type)
    {
        if ((_has & 1u << (int)type) != 0)
            return;
        _has |= 1u << (int)type;
        MemoryMarshal.CreateSpan(ref Place(type, 0), table.SizeOf(type)).Clear();
    }

    /// <summary>What is set here goes into an entry.</summary>
    internal void PutInto(byte* entry)
    {
        foreach (StickDataConfig data in table.Config.Data)
            if (Has(data.Type))
                MemoryMarshal
                    .CreateReadOnlySpan(ref Place(data.Type, 0), table.SizeOf(data.Type))
                    .CopyTo(new Span<byte>(entry + table.Layout.OffsetOf(data.Type), table.SizeOf(data.Type)));
    }

    /// <summary>The number that a key of type integer is.</summary>
    public uint KeyNumber => BinaryPrimitives.ReadUInt32LittleEndian(Key);
}
