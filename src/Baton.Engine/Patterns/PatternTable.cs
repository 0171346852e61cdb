// A pattern list made ready for one way of matching. Whole texts and their beginnings are found by hash when there are many,
// the longest beginning first; networks too, the longest first; the rest is tried one after the other in the list's order.
using System;
using System.Collections.Generic;
using System.Threading;
using Baton.Configuration.Expressions;
using Baton.Configuration.Values;
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

    /// <summary>What lookups see: replaced as a whole, except that keys come and go in what is found by hash.</summary>
    private sealed class Snapshot
    {
        public (byte[] Bytes, PatternEntry Entry)[] Texts = [];
        public TextIndex? TextsByKey;
        public (byte[] Network, int Prefix, PatternEntry Entry)[] Networks = [];
        public NetworkIndex? NetworksByPrefix;
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

    /// <summary>Takes in the entries from a place on, which are new; every key is one.</summary>
    internal void Add(PatternEntries entries, int from)
    {
        Snapshot now = _snapshot;
        if (now.TextsByKey is null && now.NetworksByPrefix is null) { Rebuild(entries); return; }
        for (int i = from; i < entries.Count; i++) AddByHash(now, entries[i]);
    }

    /// <summary>Forgets entries that are no longer among <paramref name="left"/>.</summary>
    internal void Remove(List<PatternEntry> gone, PatternEntries left)
    {
        Snapshot now = _snapshot;
        foreach (PatternEntry entry in gone)
            if (!TryRemoveByHash(now, entry)) { Rebuild(left); return; }
    }

    private void AddByHash(Snapshot now, PatternEntry entry)
    {
        if (now.TextsByKey is { } texts) { texts.Add(Bytes(entry), entry); return; }
        (byte[] network, int prefix, _) = Network(entry);
        now.NetworksByPrefix!.Add(network, prefix, entry);
    }

    private bool TryRemoveByHash(Snapshot now, PatternEntry entry)
    {
        if (now.TextsByKey is { } texts) return texts.TryRemove(Bytes(entry));
        (byte[] network, int prefix, _) = Match == AclMatchMethod.Ip ? Network(entry) : default;
        return now.NetworksByPrefix is { } networks && networks.TryRemove(network, prefix);
    }

    /// <summary>Builds the tables of the entries anew; every key is one.</summary>
    internal void Rebuild(PatternEntries entries)
    {
        var next = new Snapshot();
        bool many = entries.Count > Few;
        switch (Match)
        {
            case AclMatchMethod.Integer or AclMatchMethod.Length: next.Ranges = Each(entries, Range); break;
            case AclMatchMethod.Regex: next.Expressions = Each(entries, e => (e.Expression(IgnoreCase), e)); break;
            case AclMatchMethod.Ip when many: next.NetworksByPrefix = new NetworkIndex(); break;
            case AclMatchMethod.Ip:
                next.Networks = Each(entries, Network);
                // the sort keeps the list's order among networks of one length
                StableSort(next.Networks, static (a, b) => b.Prefix - a.Prefix);
                break;
            case AclMatchMethod.String or AclMatchMethod.Binary or AclMatchMethod.Begin when many:
                next.TextsByKey = new TextIndex(entries.Count, Match == AclMatchMethod.Begin, IgnoreCase && Match != AclMatchMethod.Binary);
                break;
            default:
                next.Texts = Each(entries, e => (Bytes(e), e));
                if (Match == AclMatchMethod.Begin) StableSort(next.Texts, static (a, b) => b.Bytes.Length - a.Bytes.Length);
                break;
        }
        if (next.TextsByKey is not null || next.NetworksByPrefix is not null)
            for (int i = 0; i < entries.Count; i++) AddByHash(next, entries[i]);
        Volatile.Write(ref _snapshot, next);
    }

    private static T[] Each<T>(PatternEntries entries, Func<PatternEntry, T> read)
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
    {
        if (e.Resolved is { } ip) return (ip, ip.Length * 8, e);
        AddressParser.Network(e.Key, out byte[] network, out int prefix);
        return (network, prefix, e);
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

    /// <summary>
    /// The longest network the address is in. One of IPv4 is looked for among those of IPv6 as well, as a mapped address, and one
    /// of IPv6 that carries an IPv4 address among those of IPv4: a listener for both sees 10.0.0.1 as ::ffff:10.0.0.1.
    /// </summary>
    public PatternEntry? FindAddress(in SocketAddress address)
    {
        Snapshot now = Volatile.Read(ref _snapshot);
        if (FindAsIs(now, address) is { } entry) return entry;
        if (address.IsIPv4) return FindAsIs(now, address.ToMappedIPv6());
        return address.TryGetIPv4(out SocketAddress carried) ? FindAsIs(now, carried) : null;
    }

    private static PatternEntry? FindAsIs(Snapshot now, in SocketAddress address)
    {
        if (now.NetworksByPrefix is { } index) return index.Find(address);
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
        if (now.TextsByKey is { } index) return index.Find(text);
        foreach ((byte[] bytes, PatternEntry entry) in now.Texts) if (Matches(text, bytes)) return entry;
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
        if (key.IsEmpty && Match is AclMatchMethod.Directory or AclMatchMethod.Domain) return -1;
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
