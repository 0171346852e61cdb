// The normal forms of "http-request normalize-uri" (RFC 3986 §6.2.2), each from one span to another.
using System;

namespace Baton.Http.Uri;

/// <summary>Every method returns the bytes written, <see cref="Invalid"/> or <see cref="NoRoom"/>. Input and output must not
/// overlap.</summary>
public static class UriNormalizer
{
    /// <summary>The text is broken and the caller asked not to let that pass.</summary>
    public const int Invalid = -1;

    /// <summary>The result does not fit, or there are more than <see cref="MaxParameters"/> parameters.</summary>
    public const int NoRoom = -2;

    /// <summary>Parameters a query may have to be sorted.</summary>
    public const int MaxParameters = 1024;

    /// <summary>"#" becomes "%23".</summary>
    public static int EncodeFragment(ReadOnlySpan<byte> text, Span<byte> to)
    {
        int at = 0;
        foreach (byte b in text)
        {
            if (at + 3 > to.Length)
                return NoRoom;
            if (b != '#')
            {
                to[at++] = b;
                continue;
            }
            "%23"u8.CopyTo(to[at..]);
            at += 3;
        }
        return at;
    }

    /// <summary>All from the first "#" on goes.</summary>
    public static int StripFragment(ReadOnlySpan<byte> text, Span<byte> to)
    {
        int mark = text.IndexOf((byte)'#');
        return Copy(mark < 0 ? text : text[..mark], to);
    }

    /// <summary>Slashes that follow a slash go.</summary>
    public static int MergeSlashes(ReadOnlySpan<byte> path, Span<byte> to)
    {
        if (path.Length > to.Length)
            return NoRoom;
        int at = 0;
        foreach (byte b in path)
            if (b != '/' || at == 0 || to[at - 1] != '/')
                to[at++] = b;
        return at;
    }

    /// <summary>Segments "." go.</summary>
    public static int StripDots(ReadOnlySpan<byte> path, Span<byte> to)
    {
        if (path.Length > to.Length)
            return NoRoom;
        int at = 0;
        for (int i = 0; i < path.Length; i++)
        {
            bool isSegment = path[i] == '.' && at > 0 && to[at - 1] == '/' && (i + 1 == path.Length || path[i + 1] == '/');
            if (isSegment)
                i++;
            else
                to[at++] = path[i];
        }
        return at;
    }

    /// <summary>Segments ".." take the one before them along; at the start they stay, or go too when <paramref name="full"/>.</summary>
    public static int StripParents(ReadOnlySpan<byte> path, Span<byte> to, bool full)
    {
        if (path.IsEmpty || path[0] != '/')
            return Copy(path, to);
        // one slash may come on top, behind a last ".." that stays
        if (path.Length + 1 > to.Length)
            return NoRoom;
        to[0] = (byte)'/';
        int at = 1,
            floor = 1;
        for (int i = 1; i <= path.Length; )
        {
            int slash = path[i..].IndexOf((byte)'/');
            ReadOnlySpan<byte> segment = slash < 0 ? path[i..] : path.Slice(i, slash);
            i += segment.Length + 1;
            if (segment.SequenceEqual(".."u8))
            {
                if (at > floor)
                {
                    at = to[..(at - 1)].LastIndexOf((byte)'/') + 1;
                    continue;
                }
                if (full)
                    continue;
                "../"u8.CopyTo(to[at..]);
                at += 3;
                floor = at;
                continue;
            }
            segment.CopyTo(to[at..]);
            at += segment.Length;
            if (slash >= 0)
                to[at++] = (byte)'/';
        }
        return at;
    }

    /// <summary>%XX of letters, digits and "-._~" become what they stand for.</summary>
    public static int DecodeUnreserved(ReadOnlySpan<byte> text, Span<byte> to, bool strict)
    {
        if (text.Length > to.Length)
            return NoRoom;
        int at = 0;
        for (int i = 0; i < text.Length; i++)
        {
            to[at++] = text[i];
            if (text[i] != '%')
                continue;
            if (!IsEncoded(text[i..]))
            {
                if (strict)
                    return Invalid;
                continue;
            }
            byte value = (byte)((Digit(text[i + 1]) << 4) | Digit(text[i + 2]));
            if (IsUnreserved(value))
                to[at - 1] = value;
            else
            {
                to[at++] = text[i + 1];
                to[at++] = text[i + 2];
            }
            i += 2;
        }
        return at;
    }

    /// <summary>The letters of %XX become capitals.</summary>
    public static int UppercasePercent(ReadOnlySpan<byte> text, Span<byte> to, bool strict)
    {
        if (text.Length > to.Length)
            return NoRoom;
        for (int i = 0; i < text.Length; i++)
        {
            to[i] = text[i];
            if (text[i] != '%')
                continue;
            if (!IsEncoded(text[i..]))
            {
                if (strict)
                    return Invalid;
                continue;
            }
            to[i + 1] = Upper(text[i + 1]);
            to[i + 2] = Upper(text[i + 2]);
            i += 2;
        }
        return text.Length;
    }

    /// <summary>Parameters by name, those of one name in the order in which they came. COMPAT: an empty one at the end goes.</summary>
    public static int SortQuery(ReadOnlySpan<byte> query, Span<byte> to)
    {
        if (query.Length > to.Length)
            return NoRoom;
        Span<int> starts = stackalloc int[MaxParameters],
            lengths = stackalloc int[MaxParameters];
        int count = 0;
        for (int i = 0; i < query.Length; )
        {
            if (count == MaxParameters)
                return NoRoom;
            int end = query[i..].IndexOf((byte)'&'),
                length = end < 0 ? query.Length - i : end,
                place = count++;
            ReadOnlySpan<byte> name = Name(query.Slice(i, length));
            for (; place > 0 && Name(query.Slice(starts[place - 1], lengths[place - 1])).SequenceCompareTo(name) > 0; place--)
            {
                starts[place] = starts[place - 1];
                lengths[place] = lengths[place - 1];
            }
            starts[place] = i;
            lengths[place] = length;
            i += length + 1;
        }
        int at = 0;
        for (int i = 0; i < count; i++)
        {
            if (i > 0)
                to[at++] = (byte)'&';
            query.Slice(starts[i], lengths[i]).CopyTo(to[at..]);
            at += lengths[i];
        }
        return at;
    }

    private static ReadOnlySpan<byte> Name(ReadOnlySpan<byte> parameter)
    {
        int equals = parameter.IndexOf((byte)'=');
        return equals < 0 ? parameter : parameter[..equals];
    }

    private static int Copy(ReadOnlySpan<byte> text, Span<byte> to)
    {
        if (text.Length > to.Length)
            return NoRoom;
        text.CopyTo(to);
        return text.Length;
    }

    private static bool IsEncoded(ReadOnlySpan<byte> text) =>
        text.Length >= 3 && char.IsAsciiHexDigit((char)text[1]) && char.IsAsciiHexDigit((char)text[2]);

    private static bool IsUnreserved(byte b) => char.IsAsciiLetterOrDigit((char)b) || b is (byte)'-' or (byte)'.' or (byte)'_' or (byte)'~';

    private static int Digit(byte b) => b <= '9' ? b - '0' : (b | 0x20) - 'a' + 10;

    private static byte Upper(byte b) => b is >= (byte)'a' and <= (byte)'f' ? (byte)(b - 0x20) : b;
}
