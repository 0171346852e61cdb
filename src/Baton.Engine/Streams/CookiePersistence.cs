// Persistence by cookie (manual, "cookie"): reading it from the request, choosing its server, and what happens to the
// Set-Cookie of the answer. The letters are the third and fourth of the log's termination state (manual 8.5).
// COMPAT: order and corner cases as haproxy 2.6 shows them.
using System;
using Baton.Configuration.Model;
using Baton.Core.Text;
using Baton.Engine.Proxies;
using Baton.Engine.Servers;
using Baton.Http.Headers;
using Baton.Http.Messages;

namespace Baton.Engine.Streams;

/// <summary>What one exchange has to do with the cookie of its backend. A part of its stream.</summary>
internal sealed class CookiePersistence(HttpStream stream)
{
    /// <summary>A cookie's date may lie this far ahead (seconds): clocks of several proxies.</summary>
    private const long MaxClockSkew = 86400;

    private byte _requestLetter,
        _responseLetter;

    private long _lastSeen,
        _firstSeen;

    /// <summary>Letters for the log: what the client brought, what became of the server's cookie; '-' without a cookie line, or a
    /// request.</summary>
    public (byte Request, byte Response) Letters
    {
        get
        {
            ProxyConfig proxy = stream.Backend?.Config ?? stream.Frontend.Config;
            if (
                proxy.Mode != ProxyMode.Http
                || !proxy.IsBackend
                || proxy.Cookie is not { IsActive: true }
                || stream.Log.RequestLine.IsEmpty
            )
                return ((byte)'-', (byte)'-');
            // a valid cookie whose server was left by a redispatch counts as one for a dead server
            bool left = _requestLetter == 'V' && stream.Choice.Pinned is null;
            return (left ? (byte)'D' : _requestLetter, _responseLetter);
        }
    }

    public void Reset()
    {
        _requestLetter = _responseLetter = (byte)'N';
        _lastSeen = _firstSeen = 0;
    }

    private long NowSeconds => (stream.Worker.NowMs + stream.Worker.WallClockOffsetMs) / 1000;

    /// <summary>Looks for the cookie in every Cookie field. False when the edited request does not fit.</summary>
    public bool ReadRequest(PersistenceCookie cookie)
    {
        for (int i = stream.RequestHead.Find(HeaderId.Cookie); i >= 0; i = stream.RequestHead.Find(HeaderId.Cookie, i))
            if (!ReadField(cookie, i))
                return false;
        return true;
    }

    /// <summary>Walks the pairs of one field. With "insert indirect" ours is taken out, with "prefix" our part of it.</summary>
    private bool ReadField(PersistenceCookie cookie, int index)
    {
        ReadOnlySpan<byte> field = stream.RequestHead.Field(index).ValueSpan;
        Span<byte> edited = stream.Worker.Scratch.TextSpan;
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
                Take(cookie, value);
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
                    at = ByteText.Append(edited, at, field[lead..start]);
                at = ByteText.Append(edited, at, field[start..Math.Max(start, from + keep)]);
                at = ByteText.Append(edited, at, field[Math.Max(start, from + keep + skip)..end]);
            }
            lead = end;
            from = end + 1;
        }
        if (!changed)
            return true;
        stream.Heads.BeginEdit(stream.RequestHead);
        if (at > 0)
            return stream.RequestHead.ReplaceValue(index, edited[..at]);
        stream.RequestHead.RemoveField(index);
        return true;
    }

    /// <summary>One occurrence of our cookie: chooses the server it names, unless something else has chosen.</summary>
    private void Take(PersistenceCookie cookie, ReadOnlySpan<byte> value)
    {
        bool mayChoose = stream.Choice.Pinned is null && !stream.Choice.IgnorePersist;
        if (cookie.Config.Mode != CookieMode.Prefix && !ReadDates(cookie, ref value))
            return;
        if (mayChoose && FindServer(value) is { } server)
        {
            stream.Choice.Pinned = server;
            return;
        }
        if (_requestLetter is (byte)'D' or (byte)'E' or (byte)'O' or (byte)'V')
            return;
        _requestLetter = mayChoose ? (byte)'I' : (byte)'U';
    }

    private ServerState? FindServer(ReadOnlySpan<byte> value)
    {
        foreach (ServerState server in stream.Backend!.Servers)
        {
            if (server.Cookie.Length == 0 || !value.SequenceEqual(server.Cookie))
                continue;
            _requestLetter = server.IsRunning ? (byte)'V' : (byte)'D';
            if (server.IsRunning || stream.Choice.Insists)
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
        _lastSeen = PersistenceCookie.ReadDate(dates);
        int second = dates.IndexOf((byte)'|');
        _firstSeen = second < 0 ? 0 : PersistenceCookie.ReadDate(dates[(second + 1)..]);
        if (IsStale(_firstSeen, cookie.Config.MaxLife))
            _requestLetter = (byte)'O';
        else if (IsStale(_lastSeen, cookie.Config.MaxIdle))
            _requestLetter = (byte)'E';
        else
            return true;
        _firstSeen = _lastSeen = 0;
        return false;
    }

    private bool IsStale(long date, int limit) => limit > 0 && date > 0 && (NowSeconds - date > limit || date - NowSeconds > MaxClockSkew);

    /// <summary>The answer's side: the server's Set-Cookie kept, rewritten or deleted, and ours inserted. False when it does not
    /// fit.</summary>
    public bool WriteResponse(PersistenceCookie cookie, MessageHead head)
    {
        // who ignores persistence has the server's cookie as it came
        if (stream.Choice.IgnorePersist)
            return true;
        CookieConfig config = cookie.Config;
        for (int i = head.Find(HeaderId.SetCookie); i >= 0; i = head.Find(HeaderId.SetCookie, i))
            if (!HandleSetCookie(cookie, head, i))
                return false;
        for (int i = head.Find("set-cookie2"u8); i >= 0; i = head.Find("set-cookie2"u8, i))
            if (!HandleSetCookie(cookie, head, i))
                return false;
        if (config.Mode != CookieMode.Insert || stream.Server is null || config.Preserve && _responseLetter == 'P')
            return true;
        if (config.PostOnly && stream.Method != HttpMethod.Post)
            return true;
        if (IsDirect && !NeedsRefresh(config))
            return true;
        return Insert(cookie, head);
    }

    /// <summary>The server was named by the client or a rule, not found by the balancer.</summary>
    private bool IsDirect => stream.Choice.Pinned is not null && stream.Choice.Pinned == stream.Server;

    private bool NeedsRefresh(CookieConfig config) =>
        (config.MaxIdle > 0 || _lastSeen > 0) && _lastSeen < NowSeconds
        || config.MaxLife > 0 && _firstSeen == 0
        || config.MaxLife == 0 && _firstSeen > 0;

    /// <summary>One Set-Cookie field: only its first name counts.</summary>
    private bool HandleSetCookie(PersistenceCookie cookie, MessageHead head, int index)
    {
        ReadOnlySpan<byte> field = head.Field(index).ValueSpan;
        int equals = field.IndexOf((byte)'=');
        if (equals < 0 || !field[..equals].Trim(" \t"u8).SequenceEqual(cookie.Name))
            return true;
        CookieConfig config = cookie.Config;
        _responseLetter = (byte)'P';
        if (config.Preserve)
            return true;
        bool rewrite = config.Mode is CookieMode.Rewrite or CookieMode.Prefix;
        if (rewrite && stream.Server is { Cookie.Length: > 0 } server)
        {
            int end = field[equals..].IndexOf((byte)';');
            ReadOnlySpan<byte> rest =
                config.Mode == CookieMode.Prefix ? field[(equals + 1)..]
                : end < 0 ? default
                : field[(equals + end)..];
            Span<byte> text = stream.Worker.Scratch.TextSpan;
            int at = ByteText.Append(text, 0, field[..(equals + 1)]);
            at = ByteText.Append(text, at, server.Cookie);
            if (config.Mode == CookieMode.Prefix)
                at = ByteText.Append(text, at, "~"u8);
            at = ByteText.Append(text, at, rest);
            _responseLetter = (byte)'R';
            stream.Heads.BeginEdit(head);
            return head.ReplaceValue(index, text[..at]);
        }
        if (config.Mode != CookieMode.Insert && !(IsDirect && config.Indirect))
            return true;
        _responseLetter = (byte)'D';
        stream.Heads.BeginEdit(head);
        head.RemoveField(index);
        return true;
    }

    /// <summary>What is to become of the cookie does not fit into the head.</summary>
    public void Fail()
    {
        _responseLetter = (byte)'N';
        stream.Answers.NoteDroppedResponse();
        stream.Answers.Error(500, TerminationCause.Proxy, TerminationPhase.Headers);
    }

    private bool Insert(PersistenceCookie cookie, MessageHead head)
    {
        Span<byte> text = stream.Worker.Scratch.TextSpan[..8192];
        ReadOnlySpan<byte> value = stream.Server!.Cookie;
        int at = ByteText.Append(text, 0, cookie.Name);
        at = ByteText.Append(text, at, "="u8);
        at = ByteText.Append(text, at, value);
        // a server without a cookie takes the client's away
        if (value.IsEmpty)
            at = ByteText.Append(text, at, "; Expires=Thu, 01-Jan-1970 00:00:01 GMT"u8);
        else
            at = AppendDates(cookie.Config, text, at);
        at = ByteText.Append(text, at, "; path=/"u8);
        at = ByteText.Append(text, at, cookie.Attributes);
        _responseLetter = !value.IsEmpty && IsDirect ? (byte)'U' : (byte)'I';
        bool hide = cookie.Config.NoCache && Cacheability.IsCacheable(stream.Method, head);
        stream.Heads.BeginEdit(head);
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
        PersistenceCookie.WriteDate(_firstSeen > 0 ? _firstSeen : NowSeconds, text[at..]);
        return at + PersistenceCookie.DateLength;
    }
}
