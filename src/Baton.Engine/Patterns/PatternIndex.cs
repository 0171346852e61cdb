// The entries of one version made ready for one way of matching. Whole texts and their beginnings are found by hash when there are
// many, the longest beginning first; networks too, the longest first; the rest is tried one after the other in the list's order.
using System;
using System.Threading;
using Baton.Configuration.Expressions;
using Baton.Core.Text;
using Baton.Engine.Connections;
using Baton.Engine.Loop;
using Baton.Engine.Samples;
using Baton.Http.Headers;

namespace Baton.Engine.Patterns;

/// <summary>OWNER: the list's lock for changes; lookups take none.</summary>
internal sealed unsafe class PatternIndex(AclMatchMethod match, bool ignoreCase, PatternEntries entries, PatternExpressions expressions)
{
    // SAFETY: nodes are those of the entries, in use when they were put here, and freed only after all lookups that were under way.
    private readonly record struct Text(int Start, int Length);

    private readonly record struct Range(long Low, long High);

    private sealed record Group(int AddressLength, int Prefix, HashIndex<ByNetwork> Networks);

    private PatternView<Text> _texts = PatternView<Text>.None;
    private PatternView<Range> _ranges = PatternView<Range>.None;
    private PatternView<RegularExpression> _expressions = PatternView<RegularExpression>.None;
    private PatternView<PatternNetwork> _networks = PatternView<PatternNetwork>.None;
    private HashIndex<ByKeyIgnoringCase>? _ignoringCase;
    private bool _byHash,
        _hidesOthers;
    private int[] _lengths = [];
    private Group[] _groups = [];

    private bool IsByText => match is AclMatchMethod.String or AclMatchMethod.Begin or AclMatchMethod.Binary;
    private bool IgnoresCase => ignoreCase || match == AclMatchMethod.Binary;

    /// <summary>A new one, of the entries in use; every key is one.</summary>
    public static PatternIndex Build(AclMatchMethod match, bool ignoreCase, PatternEntries entries, PatternExpressions expressions)
    {
        var index = new PatternIndex(match, ignoreCase, entries, expressions);
        index._byHash = index.IsByText && entries.Keys is not null && index.Many || match == AclMatchMethod.Ip && index.Many;
        if (index is { _byHash: true, IsByText: true, IgnoresCase: true })
            index._ignoringCase = new HashIndex<ByKeyIgnoringCase>(entries.Count);
        for (PatternNode* n = entries.After(0); n is not null; n = entries.After(n->Id))
            if (!n->IsRemoved)
                index.TryAdd(n);
        return index;
    }

    private bool Many => entries.Count + entries.Kept > PatternEntries.Few;

    /// <summary>Bytes of memory, outside the heap, that one entry more may take here, besides itself.</summary>
    public long NextBytes
    {
        get
        {
            long bytes = _ignoringCase?.NextBytes ?? 0;
            foreach (Group group in _groups)
                bytes = Math.Max(bytes, group.Networks.NextBytes);
            return bytes + ForFew;
        }
    }

    /// <summary>A table for few entries, which the first of a new kind makes.</summary>
    private const int ForFew = 256;

    /// <summary>Takes in an entry that is in use. False when the index must be made anew: there are no longer few.</summary>
    public bool TryAdd(PatternNode* node)
    {
        if (!_byHash && Many && (IsByText || match == AclMatchMethod.Ip))
            return false;
        switch (match)
        {
            case AclMatchMethod.Integer or AclMatchMethod.Length:
                PatternKey.TryReadRange(ByteText.Decode(PatternNode.Key(node)), out long low, out long high);
                Volatile.Write(ref _ranges, _ranges.With(node, new Range(low, high)));
                break;
            case AclMatchMethod.Regex:
                Volatile.Write(ref _expressions, _expressions.With(node, expressions.Get(node, ignoreCase)));
                break;
            case AclMatchMethod.Ip when _byHash:
                AddNetwork(node);
                break;
            case AclMatchMethod.Ip:
                AddInOrder(ref _networks, node, PatternNetwork.Of(node), static (a, b) => a.Prefix > b.Prefix);
                break;
            case var _ when _byHash:
                AddText(node);
                break;
            case AclMatchMethod.Begin:
                AddInOrder(ref _texts, node, new Text(0, node->KeyLength), static (a, b) => a.Length > b.Length);
                break;
            default:
                Volatile.Write(ref _texts, _texts.With(node, TextOf(node)));
                break;
        }
        return true;
    }

    /// <summary>Among few: in front of those that come later.</summary>
    private static void AddInOrder<T>(ref PatternView<T> view, PatternNode* node, T item, Func<T, T, bool> before)
    {
        int at = 0;
        while (at < view.Count && !before(item, view.Values[at]))
            at++;
        Volatile.Write(ref view, view.With(node, item, at));
    }

    private Text TextOf(PatternNode* node)
    {
        if (match is not (AclMatchMethod.Directory or AclMatchMethod.Domain))
            return new Text(0, node->KeyLength);
        ReadOnlySpan<byte> key = PatternNode.Key(node),
            delimiters = PatternKey.Delimiters(match);
        return new Text(key.Length - key.TrimStart(delimiters).Length, key.Trim(delimiters).Length);
    }

    private void AddText(PatternNode* node)
    {
        if (match == AclMatchMethod.Begin && Array.IndexOf(_lengths, node->KeyLength) < 0)
        {
            int[] lengths = [.. _lengths, node->KeyLength];
            Array.Sort(lengths, static (a, b) => b - a);
            Volatile.Write(ref _lengths, lengths);
        }
        if (_ignoringCase is null)
            return;
        var probe = new ByKeyIgnoringCase.Probe(PatternNode.Key(node));
        if (_ignoringCase.Find(ByKeyIgnoringCase.Hash(node), ref probe) is null)
            _ignoringCase.Add(node);
        else
            _hidesOthers = true;
    }

    private void AddNetwork(PatternNode* node)
    {
        PatternNetwork network = PatternNetwork.Of(node);
        Group? group = Array.Find(_groups, g => g.AddressLength == network.AddressLength && g.Prefix == network.Prefix);
        if (group is null)
        {
            group = new Group(network.AddressLength, network.Prefix, new HashIndex<ByNetwork>(1));
            int at = Array.FindIndex(_groups, g => g.Prefix < network.Prefix);
            Volatile.Write(ref _groups, at < 0 ? [.. _groups, group] : [.. _groups[..at], group, .. _groups[at..]]);
        }
        var probe = new ByNetwork.Probe(network);
        if (group.Networks.Find(ByNetwork.HashOf(network), ref probe) is null)
            group.Networks.Add(node);
        else
            _hidesOthers = true;
    }

    /// <summary>Forgets an entry that is no longer in use. False when the index must be made anew: another may have to take its
    /// place.</summary>
    public bool TryRemove(PatternNode* node)
    {
        if (!_byHash)
            return match switch
            {
                AclMatchMethod.Integer or AclMatchMethod.Length => _ranges.TryRemove(node),
                AclMatchMethod.Regex => _expressions.TryRemove(node),
                AclMatchMethod.Ip => _networks.TryRemove(node),
                _ => _texts.TryRemove(node),
            };
        // found by key, which says itself that it is not in use
        if (IsByText && !IgnoresCase)
            return true;
        if (_hidesOthers)
            return false;
        if (_ignoringCase is not null)
        {
            _ignoringCase.Remove(node);
            return true;
        }
        PatternNetwork network = PatternNetwork.Of(node);
        Array.Find(_groups, g => g.AddressLength == network.AddressLength && g.Prefix == network.Prefix)?.Networks.Remove(node);
        return true;
    }

    /// <summary>Nobody can find it any more.</summary>
    public void Retire()
    {
        _ignoringCase?.Retire();
        foreach (Group group in _groups)
            group.Networks.Retire();
    }

    public PatternNode* FindNumber(long number)
    {
        PatternView<Range> ranges = Volatile.Read(ref _ranges);
        for (int i = 0; i < ranges.Count; i++)
        {
            Range range = ranges.Values[i];
            if (number >= range.Low && number <= range.High && ranges.NodeAt(i) is var node && node is not null)
                return node;
        }
        return null;
    }

    /// <summary>The longest network the address is in.</summary>
    public PatternNode* FindAddress(in SocketAddress address)
    {
        int length = address.Length;
        if (length is not (4 or 16))
            return null;
        Span<byte> bytes = stackalloc byte[16];
        address.CopyBytes(bytes);
        bytes = bytes[..length];
        PatternView<PatternNetwork> networks = Volatile.Read(ref _networks);
        for (int i = 0; i < networks.Count; i++)
        {
            PatternNetwork network = networks.Values[i];
            if (network.AddressLength != length || PatternNetwork.Masked(bytes, network.Prefix) != network.Bits)
                continue;
            if (networks.NodeAt(i) is var node && node is not null)
                return node;
        }
        foreach (Group group in Volatile.Read(ref _groups))
        {
            if (group.AddressLength != length)
                continue;
            PatternNetwork network = PatternNetwork.From(bytes, group.Prefix);
            var probe = new ByNetwork.Probe(network);
            if (group.Networks.Find(ByNetwork.HashOf(network), ref probe) is var found && found is not null)
                return found;
        }
        return null;
    }

    /// <summary>By any of the ways that look at bytes; the expression that matched, when there are any.</summary>
    public PatternNode* FindText(Worker? worker, ReadOnlySpan<byte> text, out RegularExpression? expression)
    {
        expression = null;
        if (match == AclMatchMethod.Binary)
            return FindBinary(text);
        PatternView<RegularExpression> candidates = Volatile.Read(ref _expressions);
        for (int i = 0; i < candidates.Count; i++)
        {
            PatternNode* node = candidates.NodeAt(i);
            if (node is null || !candidates.Values[i].IsMatch(worker!, text))
                continue;
            expression = candidates.Values[i];
            return node;
        }
        if (match == AclMatchMethod.Regex)
            return null;
        return _byHash ? FindByHash(text) : FindOneByOne(text);
    }

    /// <summary>Keys are hexadecimal text: the bytes are looked for as such.</summary>
    private PatternNode* FindBinary(ReadOnlySpan<byte> bytes)
    {
        const int onStack = 512;
        Span<byte> text = bytes.Length <= onStack ? stackalloc byte[onStack * 2] : new byte[bytes.Length * 2];
        Convert.TryToHexStringLower(bytes, text, out int length);
        return _byHash ? FindByHash(text[..length]) : FindOneByOne(text[..length]);
    }

    private PatternNode* FindByHash(ReadOnlySpan<byte> text)
    {
        if (match != AclMatchMethod.Begin)
            return FindWhole(text);
        foreach (int length in Volatile.Read(ref _lengths))
            if (length <= text.Length && FindWhole(text[..length]) is var found && found is not null)
                return found;
        return null;
    }

    private PatternNode* FindWhole(ReadOnlySpan<byte> text)
    {
        if (_ignoringCase is { } index)
        {
            var probe = new ByKeyIgnoringCase.Probe(text);
            return PatternNode.FirstInUse(index.Find(ByKeyIgnoringCase.HashOf(text), ref probe));
        }
        var exact = new ByKey.Probe(text);
        return PatternNode.FirstInUse(entries.Keys!.Find(ByKey.HashOf(text), ref exact));
    }

    private PatternNode* FindOneByOne(ReadOnlySpan<byte> text)
    {
        PatternView<Text> texts = Volatile.Read(ref _texts);
        for (int i = 0; i < texts.Count; i++)
        {
            PatternNode* node = texts.NodeAt(i);
            if (node is not null && Matches(text, PatternNode.Key(node).Slice(texts.Values[i].Start, texts.Values[i].Length)))
                return node;
        }
        return null;
    }

    private bool Matches(ReadOnlySpan<byte> text, ReadOnlySpan<byte> key) =>
        match switch
        {
            AclMatchMethod.Begin => text.Length >= key.Length && Same(text[..key.Length], key),
            AclMatchMethod.End => text.Length >= key.Length && Same(text[^key.Length..], key),
            AclMatchMethod.Substring or AclMatchMethod.Directory or AclMatchMethod.Domain => PatternText.Contains(
                text,
                key,
                PatternKey.Delimiters(match),
                ignoreCase
            ),
            _ => Same(text, key),
        };

    private bool Same(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b) => IgnoresCase ? ByteClass.EqualsIgnoreCase(a, b) : a.SequenceEqual(b);
}
