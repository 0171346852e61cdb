// A pattern list made ready for one way of matching. Whole texts and their beginnings are found by hash when there are many,
// the longest beginning first; networks too, the longest first; the rest is tried one after the other in the list's order.
using System;
using System.Collections.Generic;
using System.Threading;
using Baton.Configuration.Expressions;
using Baton.Engine.Connections;
using Baton.Engine.Loop;
using Baton.Engine.Samples;
using Baton.Http.H1;

namespace Baton.Engine.Patterns;

/// <summary>OWNER: the list's lock for changes; lookups see one snapshot and take no lock.</summary>
public sealed class PatternTable(AclMatchMethod match, bool ignoreCase)
{
    /// <summary>Up to so many texts or networks are compared one by one, which costs less than a hash.</summary>
    private const int Few = 8;

    /// <summary>What lookups see: replaced as a whole.</summary>
    private sealed class Snapshot
    {
        public (byte[] Bytes, PatternEntry Entry)[] Texts = [];
        public Dictionary<byte[], PatternEntry>? ByKey;
        /// <summary>Lengths of the keys, longest first.</summary>
        public int[] Lengths = [];
        public (byte[] Network, int Prefix, PatternEntry Entry)[] Networks = [];
        public NetworkIndex? Index;
        public (long Low, long High, PatternEntry Entry)[] Ranges = [];
        public (RegularExpression Expression, PatternEntry Entry)[] Expressions = [];
    }

    private Snapshot _snapshot = new();

    public AclMatchMethod Match { get; } = match;
    public bool IgnoreCase { get; } = ignoreCase;

    /// <summary>The word of "-m".</summary>
    public string MatchName => Match switch
    {
        AclMatchMethod.Begin => "beg", AclMatchMethod.Substring => "sub", AclMatchMethod.Directory => "dir", AclMatchMethod.Domain => "dom", AclMatchMethod.End => "end",
        AclMatchMethod.Regex => "reg", AclMatchMethod.Integer => "int", AclMatchMethod.Ip => "ip", AclMatchMethod.Length => "len", AclMatchMethod.Binary => "bin",
        AclMatchMethod.Bool => "bool", AclMatchMethod.Found => "found", _ => "str",
    };

    /// <summary>How HAProxy would keep the patterns: it matters to nobody but is part of what "get acl" and "get map" answer.</summary>
    public string IndexName => Match == AclMatchMethod.Ip || (!IgnoreCase && Match is AclMatchMethod.String or AclMatchMethod.Begin) ? "tree" : "list";

    /// <summary>Builds the tables of the entries anew; every key is one.</summary>
    public void Rebuild(List<PatternEntry> entries)
    {
        var next = new Snapshot();
        switch (Match)
        {
            case AclMatchMethod.Integer or AclMatchMethod.Length: next.Ranges = Each(entries, Range); break;
            case AclMatchMethod.Ip:
                next.Networks = Each(entries, Network);
                // the sort keeps the list's order among networks of one length
                StableSort(next.Networks, static (a, b) => b.Prefix - a.Prefix);
                if (next.Networks.Length > Few) next.Index = new NetworkIndex(next.Networks);
                break;
            case AclMatchMethod.Regex: next.Expressions = Each(entries, e => (e.Expression(IgnoreCase), e)); break;
            default: ReadTexts(next, entries); break;
        }
        Volatile.Write(ref _snapshot, next);
    }

    private static T[] Each<T>(List<PatternEntry> entries, Func<PatternEntry, T> read)
    {
        if (entries.Count == 0) return [];
        var all = new T[entries.Count];
        for (int i = 0; i < all.Length; i++) all[i] = read(entries[i]);
        return all;
    }

    private static (long, long, PatternEntry) Range(PatternEntry e)
    {
        PatternKey.TryReadRange(e.Key, out long low, out long high);
        return (low, high, e);
    }

    private static (byte[], int, PatternEntry) Network(PatternEntry e)
        => e.Resolved is { } ip ? (ip, ip.Length * 8, e) : (PatternKey.ReadNetwork(e.Key, out int prefix)!, prefix, e);

    private void ReadTexts(Snapshot next, List<PatternEntry> entries)
    {
        next.Texts = Each(entries, e => (Bytes(e), e));
        bool ordered = Match == AclMatchMethod.Begin, exact = Match is AclMatchMethod.String or AclMatchMethod.Binary;
        if (ordered) StableSort(next.Texts, static (a, b) => b.Bytes.Length - a.Bytes.Length);
        if (IgnoreCase || !(ordered || exact) || next.Texts.Length <= Few) return;
        next.ByKey = new Dictionary<byte[], PatternEntry>(next.Texts.Length, ByteKeyComparer.Instance);
        var lengths = new List<int>();
        foreach ((byte[] bytes, PatternEntry entry) in next.Texts)
        {
            next.ByKey.TryAdd(bytes, entry);
            if (ordered && (lengths.Count == 0 || lengths[^1] != bytes.Length)) lengths.Add(bytes.Length);
        }
        next.Lengths = [.. lengths];
    }

    private byte[] Bytes(PatternEntry e) => Match switch
    {
        AclMatchMethod.Binary => Convert.FromHexString(e.Key),
        AclMatchMethod.Directory or AclMatchMethod.Domain => PatternKey.TrimDelimiters(e.KeyBytes, Match).ToArray(),
        _ => e.KeyBytes,
    };

    private static void StableSort<T>(T[] items, Comparison<T> compare)
    {
        if (items.Length < 2) return;
        (T Item, int Index)[] pairs = new (T, int)[items.Length];
        for (int i = 0; i < items.Length; i++) pairs[i] = (items[i], i);
        Array.Sort(pairs, (a, b) => compare(a.Item, b.Item) is var c && c != 0 ? c : a.Index - b.Index);
        for (int i = 0; i < items.Length; i++) items[i] = pairs[i].Item;
    }

    /// <summary>The entry a sample of a map matches, and for regular expressions the one that did.</summary>
    public PatternEntry? Find(Worker? worker, scoped in SampleValue value, out RegularExpression? expression)
    {
        expression = null;
        return Match switch
        {
            AclMatchMethod.Integer => FindNumber(value.Number),
            AclMatchMethod.Ip => FindAddress(value.Address),
            _ => FindText(worker, value.Text, out expression),
        };
    }

    public PatternEntry? FindNumber(long number)
    {
        foreach ((long low, long high, PatternEntry entry) in Volatile.Read(ref _snapshot).Ranges) if (number >= low && number <= high) return entry;
        return null;
    }

    public PatternEntry? FindAddress(in SocketAddress address)
    {
        Snapshot now = Volatile.Read(ref _snapshot);
        if (now.Index is { } index) return index.Find(address);
        foreach ((byte[] network, int prefix, PatternEntry entry) in now.Networks) if (address.IsIn(network, prefix)) return entry;
        return null;
    }

    /// <summary>By any of the ways that look at bytes.</summary>
    public PatternEntry? FindText(Worker? worker, ReadOnlySpan<byte> text, out RegularExpression? expression)
    {
        Snapshot now = Volatile.Read(ref _snapshot);
        expression = null;
        if (Match == AclMatchMethod.Length) return FindNumber(text.Length);
        foreach ((RegularExpression candidate, PatternEntry entry) in now.Expressions)
        {
            if (!candidate.IsMatch(worker!, text)) continue;
            expression = candidate;
            return entry;
        }
        if (now.ByKey is not null) return FindByKey(now, text);
        foreach ((byte[] bytes, PatternEntry entry) in now.Texts) if (Matches(text, bytes)) return entry;
        return null;
    }

    private PatternEntry? FindByKey(Snapshot now, ReadOnlySpan<byte> text)
    {
        var keys = now.ByKey!.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (Match != AclMatchMethod.Begin) return keys.TryGetValue(text, out PatternEntry? exact) ? exact : null;
        foreach (int length in now.Lengths)
            if (length <= text.Length && keys.TryGetValue(text[..length], out PatternEntry? entry)) return entry;
        return null;
    }

    private bool Matches(ReadOnlySpan<byte> text, ReadOnlySpan<byte> key) => Match switch
    {
        AclMatchMethod.Begin => text.Length >= key.Length && Same(text[..key.Length], key),
        AclMatchMethod.End => text.Length >= key.Length && Same(text[^key.Length..], key),
        AclMatchMethod.Substring or AclMatchMethod.Directory or AclMatchMethod.Domain => Contains(text, key, PatternKey.Delimiters(Match)),
        _ => Same(text, key),
    };

    private bool Same(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b) => IgnoreCase ? ByteClass.EqualsIgnoreCase(a, b) : a.SequenceEqual(b);

    /// <summary>The key somewhere; with delimiters, as a whole piece between them.</summary>
    private bool Contains(ReadOnlySpan<byte> text, ReadOnlySpan<byte> key, ReadOnlySpan<byte> delimiters)
    {
        if (delimiters.IsEmpty && !IgnoreCase) return text.IndexOf(key) >= 0;
        for (int at = 0; (at = Next(text, key, at)) >= 0; at++)
        {
            int end = at + key.Length;
            if (delimiters.IsEmpty || ((at == 0 || delimiters.Contains(text[at - 1])) && (end == text.Length || delimiters.Contains(text[end])))) return true;
        }
        return false;
    }

    /// <summary>Where the key stands next, at or behind <paramref name="from"/>; -1 when it does not.</summary>
    private int Next(ReadOnlySpan<byte> text, ReadOnlySpan<byte> key, int from)
    {
        while (from + key.Length <= text.Length)
        {
            ReadOnlySpan<byte> rest = text[from..];
            int at = !IgnoreCase || key.IsEmpty ? rest.IndexOf(key) : rest.IndexOfAny(ByteClass.ToLower(key[0]), ByteClass.ToUpper(key[0]));
            if (at < 0 || from + at + key.Length > text.Length) return -1;
            from += at;
            if (!IgnoreCase || Same(text.Slice(from, key.Length), key)) return from;
            from++;
        }
        return -1;
    }
}
