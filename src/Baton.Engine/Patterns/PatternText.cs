// A pattern inside a text: anywhere, or as a whole piece between delimiters (directories, domains).
using System;
using Baton.Http.Headers;

namespace Baton.Engine.Patterns;

internal static class PatternText
{
    /// <summary>The key somewhere; with delimiters, as a whole piece between them.</summary>
    public static bool Contains(ReadOnlySpan<byte> text, ReadOnlySpan<byte> key, ReadOnlySpan<byte> delimiters, bool ignoreCase)
    {
        if (delimiters.IsEmpty && !ignoreCase)
            return text.IndexOf(key) >= 0;
        for (int at = 0; (at = Next(text, key, at, !delimiters.IsEmpty, ignoreCase)) >= 0; at++)
        {
            int end = at + key.Length;
            if (
                delimiters.IsEmpty
                || ((at == 0 || delimiters.Contains(text[at - 1])) && (end == text.Length || delimiters.Contains(text[end])))
            )
                return true;
        }
        return false;
    }

    /// <summary>Where the key stands next, at or behind <paramref name="from"/>; -1 when it does not.</summary>
    private static int Next(ReadOnlySpan<byte> text, ReadOnlySpan<byte> key, int from, bool whole, bool ignoreCase)
    {
        if (key.IsEmpty && whole)
            return -1;
        while (from + key.Length <= text.Length)
        {
            ReadOnlySpan<byte> rest = text[from..];
            int at = !ignoreCase || key.IsEmpty ? rest.IndexOf(key) : rest.IndexOfAny(ByteClass.ToLower(key[0]), ByteClass.ToUpper(key[0]));
            if (at < 0 || from + at + key.Length > text.Length)
                return -1;
            from += at;
            if (!ignoreCase || ByteClass.EqualsIgnoreCase(text.Slice(from, key.Length), key))
                return from;
            from++;
        }
        return -1;
    }
}
