// Whether a browser was led here by another site. A form on any page of the world can be sent to the statistics page with the password
// the browser remembers; browsers say where it came from, and a page cannot make them lie. Programs that are no browsers say nothing.
using System;
using Baton.Http.Headers;
using Baton.Http.Messages;

namespace Baton.Control.StatsPage;

internal static class RequestOrigin
{
    /// <summary>False only when the request says that another site made it (docs/decisions/0017-forged-requests.md).</summary>
    public static bool IsOwn(MessageHead head)
    {
        // what a browser thinks of it holds wherever the names that client and proxy know differ
        int at = head.Find("sec-fetch-site"u8);
        if (at >= 0)
            return head.Field(at).ValueSpan is var site && (site.SequenceEqual("same-origin"u8) || site.SequenceEqual("none"u8));
        int host = head.Find("host"u8);
        if ((at = head.Find("origin"u8)) < 0 && (at = head.Find("referer"u8)) < 0)
            return true;
        return host >= 0
            && AuthorityOf(head.Field(at).ValueSpan) is var authority
            && HostText.AreSame(authority, head.Field(host).ValueSpan, default);
    }

    /// <summary>host:port of an URI; empty when it has none ("null").</summary>
    private static ReadOnlySpan<byte> AuthorityOf(ReadOnlySpan<byte> uri)
    {
        int begin = uri.IndexOf("://"u8);
        if (begin < 0)
            return default;
        uri = uri[(begin + 3)..];
        int end = uri.IndexOfAny((byte)'/', (byte)'?', (byte)'#');
        return end < 0 ? uri : uri[..end];
    }
}
