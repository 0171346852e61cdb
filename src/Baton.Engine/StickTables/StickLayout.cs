// Where things lie in an entry of a table: what every entry has, then what is stored, the wide things first, then the key.
using System;
using Baton.Configuration.Model;

namespace Baton.Engine.StickTables;

/// <summary>Of one table; never changes.</summary>
public sealed class StickLayout
{
    /// <summary>Of the head of every entry: next in its bucket, neighbours in the order of use, hash, holders, length of the key, flags,
    /// time of the last use.</summary>
    internal const int Next = 0,
        Older = 4,
        Newer = 8,
        Hash = 12,
        Holders = 16,
        KeyLength = 20,
        Flags = 22,
        UsedMs = 24;

    /// <summary>Of the head where peers hear of changes: number of the last one, neighbours in their order.</summary>
    internal const int Change = 32,
        ChangedBefore = 40,
        ChangedAfter = 44;

    private readonly short[] _offsets = new short[StickDataKind.All.Length];
    private readonly StickDataForm[] _forms = Array.ConvertAll(StickDataKind.All, static k => k.Form);

    public StickLayout(StickTableConfig config)
    {
        Config = config;
        HasChanges = config.Peers is not null;
        Array.Fill(_offsets, (short)-1);
        int at = HasChanges ? 48 : 32;
        DataOffset = at;
        foreach (bool wide in (ReadOnlySpan<bool>)[true, false])
        foreach (StickDataConfig data in config.Data)
            if (wide == (data.Kind.Form == StickDataForm.LongNumber))
            {
                _offsets[(int)data.Type] = (short)at;
                at += SizeOf(data.Kind.Form) * data.Count;
            }
        DataLength = at - DataOffset;
        KeyOffset = at;
        Size = (at + config.KeyLength + 7) & ~7;
    }

    public StickTableConfig Config { get; }

    /// <summary>Peers are told of changes.</summary>
    public bool HasChanges { get; }
    public int DataOffset { get; }
    public int DataLength { get; }
    public int KeyOffset { get; }

    /// <summary>Bytes of an entry.</summary>
    public int Size { get; }

    /// <summary>-1: not stored.</summary>
    public int OffsetOf(StickDataType type) => _offsets[(int)type];

    /// <summary>What a type's number looks like. PERF: from here: the table of all types is found through a check each time.</summary>
    public StickDataForm FormOf(StickDataType type) => _forms[(int)type];

    public bool Stores(StickDataType type) => _offsets[(int)type] >= 0;

    internal static int SizeOf(StickDataForm form) =>
        form switch
        {
            StickDataForm.LongNumber => 8,
            StickDataForm.Rate => 12,
            _ => 4,
        };
}
