// A map made ready for one way of matching. Whole texts and their beginnings are found by hash, the longest beginning first;
// networks too, the longest first; the rest is tried one after the other in the file's order.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Threading;
using Baton.Configuration.Expressions;
using Baton.Configuration.Values;
using Baton.Engine.Connections;
using Baton.Engine.Loop;
using Baton.Engine.Samples;

namespace Baton.Engine.Maps;

internal sealed class MapTable(AclMatchMethod match)
{
    /// <summary>What lookups see: replaced as a whole.</summary>
    private sealed class Snapshot
    {
        public MapEntry[] Entries = [];
        public readonly Dictionary<byte[], MapEntry> ByKey = new(ByteKeyComparer.Instance);
        /// <summary>Lengths of the keys, longest first.</summary>
        public int[] Lengths = [];
        public readonly List<(byte[] Network, int Prefix, MapEntry Entry)> Networks = [];
        public readonly List<(long Low, long High, MapEntry Entry)> Ranges = [];
        public readonly List<(RegularExpression Expression, MapEntry Entry)> Expressions = [];
    }

    private Snapshot _snapshot = new();

    public AclMatchMethod Match { get; } = match;

    public string MatchName => Match switch
    {
        AclMatchMethod.Begin => "beg", AclMatchMethod.Substring => "sub", AclMatchMethod.Directory => "dir", AclMatchMethod.Domain => "dom", AclMatchMethod.End => "end",
        AclMatchMethod.Regex => "reg", AclMatchMethod.Integer => "int", AclMatchMethod.Ip => "ip", _ => "str",
    };

    /// <summary>Whether a text can be a key here.</summary>
    public bool IsKey(string key, out string error)
    {
        error = "";
        switch (Match)
        {
            case AclMatchMethod.Integer when !TryReadRange(key, out _, out _): error = $"'{key}' is not a number"; return false;
            case AclMatchMethod.Ip when ReadNetwork(key, out _) is null: error = $"'{key}' is not a valid IPv4 or IPv6 address"; return false;
            case AclMatchMethod.Regex: return RegularExpression.Create(key, false, out error) is not null;
            default: return true;
        }
    }

    /// <summary>Builds the tables of the entries anew; every key is one.</summary>
    public void Rebuild(List<MapEntry> entries)
    {
        var next = new Snapshot { Entries = [.. entries] };
        var lengths = new SortedSet<int>();
        foreach (MapEntry e in entries)
        {
            switch (Match)
            {
                case AclMatchMethod.Integer: TryReadRange(e.Key, out long low, out long high); next.Ranges.Add((low, high, e)); break;
                case AclMatchMethod.Ip: next.Networks.Add((ReadNetwork(e.Key, out int prefix)!, prefix, e)); break;
                case AclMatchMethod.Regex: next.Expressions.Add((RegularExpression.Create(e.Key, false, out _)!, e)); break;
                case AclMatchMethod.String or AclMatchMethod.Begin: next.ByKey.TryAdd(e.KeyBytes, e); lengths.Add(e.KeyBytes.Length); break;
            }
        }
        next.Lengths = [.. lengths];
        Array.Reverse(next.Lengths);
        // the sort keeps the file's order among networks of one length
        if (Match == AclMatchMethod.Ip) SortNetworks(next.Networks);
        Volatile.Write(ref _snapshot, next);
    }

    private static void SortNetworks(List<(byte[] Network, int Prefix, MapEntry Entry)> networks)
    {
        var order = new List<(byte[], int, MapEntry)>(networks.Count);
        for (int prefix = 128; prefix >= 0; prefix--) foreach ((byte[] Network, int Prefix, MapEntry Entry) n in networks) if (n.Prefix == prefix) order.Add(n);
        networks.Clear();
        networks.AddRange(order);
    }

    /// <summary>The entry a sample matches, and for regular expressions the one that did.</summary>
    public MapEntry? Find(Worker? worker, scoped in SampleValue value, out RegularExpression? expression)
    {
        Snapshot now = Volatile.Read(ref _snapshot);
        expression = null;
        switch (Match)
        {
            case AclMatchMethod.Integer:
                foreach ((long low, long high, MapEntry entry) in now.Ranges) if (value.Number >= low && value.Number <= high) return entry;
                return null;
            case AclMatchMethod.Ip:
                foreach ((byte[] network, int prefix, MapEntry entry) in now.Networks) if (value.Address.IsIn(network, prefix)) return entry;
                return null;
            case AclMatchMethod.Regex:
                foreach ((RegularExpression candidate, MapEntry entry) in now.Expressions)
                {
                    if (!candidate.IsMatch(worker!, value.Text)) continue;
                    expression = candidate;
                    return entry;
                }
                return null;
            case AclMatchMethod.String or AclMatchMethod.Begin: return FindByKey(now, value.Text);
            default:
                foreach (MapEntry entry in now.Entries) if (Contains(value.Text, entry.KeyBytes)) return entry;
                return null;
        }
    }

    private MapEntry? FindByKey(Snapshot now, ReadOnlySpan<byte> text)
    {
        var keys = now.ByKey.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (Match == AclMatchMethod.String) return keys.TryGetValue(text, out MapEntry? exact) ? exact : null;
        foreach (int length in now.Lengths)
            if (length <= text.Length && keys.TryGetValue(text[..length], out MapEntry? entry)) return entry;
        return null;
    }

    private bool Contains(ReadOnlySpan<byte> text, ReadOnlySpan<byte> key)
    {
        if (Match == AclMatchMethod.End) return text.EndsWith(key);
        if (Match == AclMatchMethod.Substring) return text.IndexOf(key) >= 0;
        ReadOnlySpan<byte> delimiters = Match == AclMatchMethod.Directory ? "/?"u8 : "/?.:"u8;
        for (int at = 0; at + key.Length <= text.Length; at++)
        {
            if (!text[at..].StartsWith(key)) continue;
            int end = at + key.Length;
            if ((at == 0 || delimiters.Contains(text[at - 1])) && (end == text.Length || delimiters.Contains(text[end]))) return true;
        }
        return false;
    }

    private static bool TryReadRange(string key, out long low, out long high)
    {
        int colon = key.IndexOf(':');
        low = long.MinValue;
        high = long.MaxValue;
        if (colon < 0)
        {
            bool done = long.TryParse(key, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out low);
            high = low;
            return done;
        }
        return (colon == 0 || long.TryParse(key.AsSpan(0, colon), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out low))
            && (colon == key.Length - 1 || long.TryParse(key.AsSpan(colon + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out high));
    }

    private static byte[]? ReadNetwork(string key, out int prefix)
    {
        int slash = key.IndexOf('/');
        byte[]? ip = AddressParser.Ip(slash < 0 ? key : key[..slash]);
        prefix = ip is null ? 0 : ip.Length * 8;
        if (ip is null || slash < 0) return ip;
        return int.TryParse(key.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int bits) && (prefix = bits) <= ip.Length * 8 ? ip : null;
    }
}
