// Whether a cache on the way may keep a response: what "cookie ... nocache" and "option checkcache" ask.
using System;
using Baton.Http.Headers;

namespace Baton.Http.Messages;

public static class Cacheability
{
    /// <summary>The answer may be kept by a shared cache (RFC 9111 §3, as haproxy judges it): a safe method, a status that is kept by
    /// default, a lifetime or a validator, and nothing against it.</summary>
    public static bool IsCacheable(HttpMethod method, MessageHead head) => IsCacheable(method, head, out _);

    private static bool IsCacheable(HttpMethod method, MessageHead head, out bool cookiesExcluded)
    {
        cookiesExcluded = false;
        if (method is not (HttpMethod.Get or HttpMethod.Head or HttpMethod.Options))
            return false;
        if (head.Status is not (200 or 203 or 204 or 206 or 300 or 301 or 404 or 405 or 410 or 414 or 501))
            return false;
        if (head.Find(HeaderId.Pragma) is >= 0 and var pragma && ByteClass.EqualsIgnoreCase(head.Field(pragma).ValueSpan, "no-cache"u8))
            return false;
        bool fresh = head.Find(HeaderId.Expires) >= 0 || head.Find(HeaderId.ETag) >= 0 || head.Find(HeaderId.LastModified) >= 0;
        for (int i = head.Find(HeaderId.CacheControl); i >= 0; i = head.Find(HeaderId.CacheControl, i))
        {
            var words = new ListValue(head.Field(i).ValueSpan);
            while (words.MoveNext())
            {
                ReadOnlySpan<byte> word = words.Current;
                if (
                    IsWord(word, "max-age=0"u8)
                    || IsWord(word, "s-maxage=0"u8)
                    || IsWord(word, "private"u8)
                    || IsWord(word, "no-cache"u8)
                    || IsWord(word, "no-store"u8)
                )
                    return false;
                if (StartsWith(word, "max-age="u8) || StartsWith(word, "s-maxage="u8))
                    fresh = true;
                if (StartsWith(word, "no-cache=\"set-cookie"u8))
                    cookiesExcluded = true;
            }
        }
        return fresh;
    }

    private static bool IsWord(ReadOnlySpan<byte> text, ReadOnlySpan<byte> word) => text.Length == word.Length && StartsWith(text, word);

    private static bool StartsWith(ReadOnlySpan<byte> text, ReadOnlySpan<byte> start) =>
        text.Length >= start.Length && ByteClass.EqualsIgnoreCase(text[..start.Length], start);

    /// <summary>option checkcache: an answer that sets a cookie and that a cache would keep would hand the cookie to others.</summary>
    public static bool LeaksCookie(HttpMethod method, MessageHead head) =>
        (head.Find(HeaderId.SetCookie) >= 0 || head.Find("set-cookie2"u8) >= 0)
        && IsCacheable(method, head, out bool cookiesExcluded)
        && !cookiesExcluded;
}
