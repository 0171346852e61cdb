// Persistence by cookie (manual, "cookie"): reading it from the request, choosing its server, and what happens to the
// Set-Cookie of the answer. The letters are the third and fourth of the log's termination state (manual 8.5).
// COMPAT: order and corner cases as haproxy 2.6 shows them.
using System;
using Baton.Configuration.Model;
using Baton.Engine.Proxies;
using Baton.Engine.Servers;
using Baton.Http.Headers;
using Baton.Http.Messages;

namespace Baton.Engine.Streams;

public sealed partial class HttpStream
{
    /// <summary>A cookie's date may lie this far ahead (seconds): clocks of several proxies.</summary>
    private const long MaxClockSkew = 86400;

    private byte _requestCookieLetter,
        _responseCookieLetter;
    private long _cookieLastSeen,
        _cookieFirstSeen;

    /// <summary>Letters for the log: what the client brought, what became of the server's cookie; '-' without a cookie line, or a
    /// request.</summary>
    internal (byte Request, byte Response) CookieLetters
    {
        get
        {
            ProxyConfig proxy = Backend?.Config ?? Frontend.Config;
            if (proxy.Mode != ProxyMode.Http || !proxy.IsBackend || proxy.Cookie is not { IsActive: true } || RequestLine.IsEmpty)
                return ((byte)'-', (byte)'-');
            // a valid cookie whose server was left by a redispatch counts as one for a dead server
            bool left = _requestCookieLetter == 'V' && PinnedServer is null;
            return (left ? (byte)'D' : _requestCookieLetter, _responseCookieLetter);
        }
    }

    private void ResetCookies()
    {
        _requestCookieLetter = _responseCookieLetter = (byte)'N';
        _cookieLastSeen = _cookieFirstSeen = 0;
    }

    private long NowSeconds => (Worker.NowMs + Worker.WallClockOffsetMs) / 1000;

    /// <summary>Looks for the cookie in every Cookie field. False when the edited request does not fit.</summary>
    private bool ReadRequestCookies(PersistenceCookie cookie)
    {
        for (int i = RequestHead.Find(HeaderId.Cookie); i >= 0; i = RequestHead.Find(HeaderId.Cookie, i))
            if (!ReadCookieField(cookie, i))
                return false;
        return true;
    }

    /// <summary>Walks the pairs of one field. With "insert indirect" ours is taken out, with "prefix" our part of it.</summary>
    private bool ReadCookieField(PersistenceCookie cookie, int index)
    {
        ReadOnlySpan<byte> field = RequestHead.Field(index).ValueSpan;
        Span<byte> edited = Worker.Scratch.TextSpan;
        bool changed = false,
            remove = cookie.Config.Mode == CookieMode.Insert && cookie.Config.Indirect;
        int at = 0,
            lead = 0;
        for (int from = 0; from < field.Length; )
        {
            int end = from + CookieText.EndOfPair(field[from..]),
                skip = 0,
                keep = 0;
            ReadOnlySpan<byte> pair = field[from..end];
            int equals = pair.IndexOf((byte)'=');
            bool ours = equals > 0 && pair[..equals].Trim(" \t"u8).SequenceEqual(cookie.Name);
            if (ours)
            {
                ReadOnlySpan<byte> value = pair[(equals + 1)..].Trim(" \t"u8);
                if (cookie.Config.Mode == CookieMode.Prefix && value.IndexOf((byte)'~') is >= 0 and var tilde)
                {
                    keep = equals + 1;
                    skip = pair[keep..].IndexOf((byte)'~') + 1;
                    value = value[..tilde];
                    changed = true;
                }
                TakeCookie(cookie, value);
            }
            if (ours && remove)
                changed = true;
            else
            {
                // the separator and the white space before the pair, unless nothing stands before it any more
                int start = from;
                while (start < end && field[start] is (byte)' ' or (byte)'\t')
                    start++;
                if (at > 0)
                    at = Append(edited, at, field[lead..start]);
                at = Append(edited, at, field[start..Math.Max(start, from + keep)]);
                at = Append(edited, at, field[Math.Max(start, from + keep + skip)..end]);
            }
            lead = end;
            from = end + 1;
        }
        if (!changed)
            return true;
        RentArena(RequestHead);
        if (at > 0)
            return RequestHead.ReplaceValue(index, edited[..at]);
        RequestHead.RemoveField(index);
        return true;
    }

    /// <summary>One occurrence of our cookie: chooses the server it names, unless something else has chosen.</summary>
    private void TakeCookie(PersistenceCookie cookie, ReadOnlySpan<byte> value)
    {
        bool mayChoose = PinnedServer is null && !IgnorePersist;
        if (cookie.Config.Mode != CookieMode.Prefix && !ReadDates(cookie, ref value))
            return;
        if (mayChoose && FindByCookie(value) is { } server)
        {
            PinnedServer = server;
            return;
        }
        if (_requestCookieLetter is (byte)'D' or (byte)'E' or (byte)'O' or (byte)'V')
            return;
        _requestCookieLetter = mayChoose ? (byte)'I' : (byte)'U';
    }

    private ServerState? FindByCookie(ReadOnlySpan<byte> value)
    {
        foreach (ServerState server in Backend!.Servers)
        {
            if (server.Cookie.Length == 0 || !value.SequenceEqual(server.Cookie))
                continue;
            _requestCookieLetter = server.IsRunning ? (byte)'V' : (byte)'D';
            if (server.IsRunning || InsistsOnPersistence)
                return server;
        }
        return null;
    }

    /// <summary>Cuts "|last seen|first seen" off the value. False when the cookie is too old to count.</summary>
    private bool ReadDates(PersistenceCookie cookie, ref ReadOnlySpan<byte> value)
    {
        int bar = value.IndexOf((byte)'|');
        if (bar < 0)
            return true;
        ReadOnlySpan<byte> dates = value[(bar + 1)..];
        value = value[..bar];
        _cookieLastSeen = PersistenceCookie.ReadDate(dates);
        int second = dates.IndexOf((byte)'|');
        _cookieFirstSeen = second < 0 ? 0 : PersistenceCookie.ReadDate(dates[(second + 1)..]);
        if (IsStale(_cookieFirstSeen, cookie.Config.MaxLife))
            _requestCookieLetter = (byte)'O';
        else if (IsStale(_cookieLastSeen, cookie.Config.MaxIdle))
            _requestCookieLetter = (byte)'E';
        else
            return true;
        _cookieFirstSeen = _cookieLastSeen = 0;
        return false;
    }

    private bool IsStale(long date, int limit) => limit > 0 && date > 0 && (NowSeconds - date > limit || date - NowSeconds > MaxClockSkew);

    /// <summary>The answer's side: the server's Set-Cookie kept, rewritten or deleted, and ours inserted. False when it does not
    /// fit.</summary>
    private bool WriteResponseCookies(PersistenceCookie cookie, MessageHead head)
    {
        // who ignores persistence has the server's cookie as it came
        if (IgnorePersist)
            return true;
        CookieConfig config = cookie.Config;
        for (int i = head.Find(HeaderId.SetCookie); i >= 0; i = head.Find(HeaderId.SetCookie, i))
            if (!HandleSetCookie(cookie, head, i))
                return false;
        for (int i = head.Find("set-cookie2"u8); i >= 0; i = head.Find("set-cookie2"u8, i))
            if (!HandleSetCookie(cookie, head, i))
                return false;
        if (config.Mode != CookieMode.Insert || Server is null || config.Preserve && _responseCookieLetter == 'P')
            return true;
        if (config.PostOnly && Method != HttpMethod.Post)
            return true;
        if (IsDirect && !NeedsRefresh(config))
            return true;
        return InsertCookie(cookie, head);
    }

    /// <summary>The server was named by the client or a rule, not found by the balancer.</summary>
    private bool IsDirect => PinnedServer is not null && PinnedServer == Server;

    private bool NeedsRefresh(CookieConfig config) =>
        (config.MaxIdle > 0 || _cookieLastSeen > 0) && _cookieLastSeen < NowSeconds
        || config.MaxLife > 0 && _cookieFirstSeen == 0
        || config.MaxLife == 0 && _cookieFirstSeen > 0;

    /// <summary>One Set-Cookie field: only its first name counts.</summary>
    private bool HandleSetCookie(PersistenceCookie cookie, MessageHead head, int index)
    {
        ReadOnlySpan<byte> field = head.Field(index).ValueSpan;
        int equals = field.IndexOf((byte)'=');
        if (equals < 0 || !field[..equals].Trim(" \t"u8).SequenceEqual(cookie.Name))
            return true;
        CookieConfig config = cookie.Config;
        _responseCookieLetter = (byte)'P';
        if (config.Preserve)
            return true;
        bool rewrite = config.Mode is CookieMode.Rewrite or CookieMode.Prefix;
        if (rewrite && Server is { Cookie.Length: > 0 } server)
        {
            int end = field[equals..].IndexOf((byte)';');
            ReadOnlySpan<byte> rest =
                config.Mode == CookieMode.Prefix ? field[(equals + 1)..]
                : end < 0 ? default
                : field[(equals + end)..];
            Span<byte> text = Worker.Scratch.TextSpan;
            int at = Append(text, 0, field[..(equals + 1)]);
            at = Append(text, at, server.Cookie);
            if (config.Mode == CookieMode.Prefix)
                at = Append(text, at, "~"u8);
            at = Append(text, at, rest);
            _responseCookieLetter = (byte)'R';
            RentArena(head);
            return head.ReplaceValue(index, text[..at]);
        }
        if (config.Mode != CookieMode.Insert && !(IsDirect && config.Indirect))
            return true;
        _responseCookieLetter = (byte)'D';
        RentArena(head);
        head.RemoveField(index);
        return true;
    }

    /// <summary>What is to become of the cookie does not fit into the head.</summary>
    private void FailResponseCookie()
    {
        _responseCookieLetter = (byte)'N';
        NoteDroppedResponse();
        ReplyError(500, TerminationCause.Proxy, TerminationPhase.Headers);
    }

    private bool InsertCookie(PersistenceCookie cookie, MessageHead head)
    {
        Span<byte> text = Worker.Scratch.TextSpan[..8192];
        ReadOnlySpan<byte> value = Server!.Cookie;
        int at = Append(text, 0, cookie.Name);
        at = Append(text, at, "="u8);
        at = Append(text, at, value);
        // a server without a cookie takes the client's away
        if (value.IsEmpty)
            at = Append(text, at, "; Expires=Thu, 01-Jan-1970 00:00:01 GMT"u8);
        else
            at = AppendDates(cookie.Config, text, at);
        at = Append(text, at, "; path=/"u8);
        at = Append(text, at, cookie.Attributes);
        _responseCookieLetter = !value.IsEmpty && IsDirect ? (byte)'U' : (byte)'I';
        bool hide = cookie.Config.NoCache && IsCacheable(head);
        RentArena(head);
        return head.AddField("set-cookie"u8, text[..at]) && (!hide || head.AddField("cache-control"u8, "private"u8));
    }

    private int AppendDates(CookieConfig config, Span<byte> text, int at)
    {
        if (config.MaxIdle == 0 && config.MaxLife == 0)
            return at;
        text[at++] = (byte)'|';
        PersistenceCookie.WriteDate(NowSeconds, text[at..]);
        at += PersistenceCookie.DateLength;
        if (config.MaxLife == 0)
            return at;
        text[at++] = (byte)'|';
        PersistenceCookie.WriteDate(_cookieFirstSeen > 0 ? _cookieFirstSeen : NowSeconds, text[at..]);
        return at + PersistenceCookie.DateLength;
    }
}
