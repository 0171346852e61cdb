// The name of a subject or an issuer (RFC 5280 §4.1.2.4): its entries, and its texts as HAProxy's fetches have them.
using System;

namespace Baton.Http.Certificates;

/// <summary>Goes through the entries of a name.</summary>
public ref struct DistinguishedName
{
    private DerReader _sets;
    private DerReader _set;

    /// <param name="name">With tag and length, as in a certificate.</param>
    public DistinguishedName(ReadOnlySpan<byte> name)
    {
        var outer = new DerReader(name);
        _sets = outer.TryRead(DerReader.Sequence, out ReadOnlySpan<byte> sets) ? new DerReader(sets) : default;
        _set = default;
    }

    /// <summary>What the entry is: the content of its object identifier.</summary>
    public ReadOnlySpan<byte> Kind { get; private set; }

    /// <summary>Its text, in the encoding that <see cref="Tag"/> names.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    public byte Tag { get; private set; }

    /// <summary>It belongs together with the one before (a set of more than one).</summary>
    public bool IsJoined { get; private set; }

    public bool Next()
    {
        IsJoined = !_set.AtEnd;
        if (_set.AtEnd)
        {
            if (!_sets.TryRead(DerReader.Set, out ReadOnlySpan<byte> set))
                return false;
            _set = new DerReader(set);
        }
        if (!_set.TryRead(DerReader.Sequence, out ReadOnlySpan<byte> entry))
            return false;
        var r = new DerReader(entry);
        if (
            !r.TryRead(DerReader.ObjectIdentifier, out ReadOnlySpan<byte> kind)
            || !r.TryRead(out byte tag, out ReadOnlySpan<byte> value, out _)
        )
            return false;
        Kind = kind;
        Value = value;
        Tag = tag;
        return true;
    }

    /// <summary>An entry's value by its short name ("CN") or number ("2.5.4.3"). Which one of several: 1 is the first, -1 the last, 0
    /// any.</summary>
    public static bool Find(ReadOnlySpan<byte> name, ReadOnlySpan<byte> word, int occurrence, out ReadOnlySpan<byte> value)
    {
        value = default;
        int wanted = occurrence;
        if (occurrence < 0)
        {
            int count = 0;
            for (var all = new DistinguishedName(name); all.Next(); )
                count += ObjectNames.Is(all.Kind, word) ? 1 : 0;
            wanted = count + occurrence + 1;
            if (wanted < 1)
                return false;
        }
        for (var all = new DistinguishedName(name); all.Next(); )
        {
            if (!ObjectNames.Is(all.Kind, word) || --wanted > 0)
                continue;
            value = all.Value;
            return true;
        }
        return false;
    }

    /// <summary>"/C=FR/O=Example/CN=name". -1 when it does not fit.</summary>
    public static int WriteSlashed(ReadOnlySpan<byte> name, Span<byte> into)
    {
        int at = 0;
        for (var all = new DistinguishedName(name); all.Next(); )
        {
            int kind = at < into.Length ? ObjectNames.Write(all.Kind, into[(at + 1)..]) : -1;
            if (kind < 0 || at + kind + 2 + all.Value.Length > into.Length)
                return -1;
            into[at] = (byte)'/';
            into[at + 1 + kind] = (byte)'=';
            all.Value.CopyTo(into[(at + kind + 2)..]);
            at += kind + 2 + all.Value.Length;
        }
        return at;
    }

    /// <summary>RFC 2253: "CN=name,O=Example,C=FR", the last entry first. -1 when it does not fit.</summary>
    public static int WriteReversed(ReadOnlySpan<byte> name, Span<byte> into)
    {
        int count = 0;
        for (var all = new DistinguishedName(name); all.Next(); )
            count++;
        int at = 0;
        bool joined = false;
        for (int wanted = count - 1; wanted >= 0; wanted--)
        {
            var one = new DistinguishedName(name);
            for (int i = 0; i <= wanted; i++)
                one.Next();
            if (wanted < count - 1 && !Put(joined ? (byte)'+' : (byte)',', into, ref at))
                return -1;
            joined = one.IsJoined;
            int kind = ObjectNames.Write(one.Kind, into[at..]);
            if (kind < 0)
                return -1;
            at += kind;
            if (!Put((byte)'=', into, ref at) || !Escaped(one.Value, into, ref at))
                return -1;
        }
        return at;
    }

    private static bool Put(byte b, Span<byte> into, ref int at)
    {
        if (at >= into.Length)
            return false;
        into[at++] = b;
        return true;
    }

    /// <summary>RFC 2253 §2.4; what is not ASCII in hexadecimal.</summary>
    private static bool Escaped(ReadOnlySpan<byte> value, Span<byte> into, ref int at)
    {
        for (int i = 0; i < value.Length; i++)
        {
            byte b = value[i];
            bool special = b is (byte)',' or (byte)'+' or (byte)'"' or (byte)'\\' or (byte)'<' or (byte)'>' or (byte)';';
            bool edge = i == 0 && b is (byte)' ' or (byte)'#' && i == 0 || i == value.Length - 1 && b == (byte)' ';
            if (b is < 0x20 or > 0x7E)
            {
                if (!Put((byte)'\\', into, ref at) || !Put(Hex(b >> 4), into, ref at) || !Put(Hex(b & 15), into, ref at))
                    return false;
                continue;
            }
            if ((special || edge) && !Put((byte)'\\', into, ref at) || !Put(b, into, ref at))
                return false;
        }
        return true;
    }

    private static byte Hex(int digit) => (byte)"0123456789ABCDEF"[digit];
}
