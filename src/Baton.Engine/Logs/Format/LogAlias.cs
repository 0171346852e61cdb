// The %aliases of log formats (manual 8.2.4), each a row with what writes it.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using Baton.Configuration.Expressions;
using Baton.Engine.Connections;
using Baton.Engine.Streams;

namespace Baton.Engine.Logs.Format;

public sealed class LogAlias : LogFormatAlias
{
    public required AliasWriter Write { get; init; }

    /// <summary>A list, each element of which is quoted by itself.</summary>
    public bool QuotesItself { get; init; }

    /// <summary>COMPAT: a number, a date, a state or the like, which %{+Q} leaves as it is.</summary>
    public bool IsBare { get; init; }

    /// <summary>COMPAT: an address, which is no text any more when it is written in hexadecimal.</summary>
    public bool IsAddress { get; init; }

    /// <summary>%{+Q} puts quotes around it.</summary>
    public bool IsQuoted(LogFormatFlags flags) =>
        (flags & LogFormatFlags.Quote) != 0 && !QuotesItself && !IsBare && !(IsAddress && (flags & LogFormatFlags.Hexadecimal) != 0);

    private static LogAlias Row(string name, string summary, AliasWriter write, SampleNeeds needs = SampleNeeds.None) =>
        new()
        {
            Name = name,
            Needs = needs,
            Summary = summary,
            Write = write,
        };

    private static LogAlias Bare(string name, string summary, AliasWriter write, SampleNeeds needs = SampleNeeds.None) =>
        new()
        {
            Name = name,
            Needs = needs,
            Summary = summary,
            Write = write,
            IsBare = true,
        };

    private static LogAlias Ip(string name, string summary, AliasWriter write, SampleNeeds needs = SampleNeeds.None) =>
        new()
        {
            Name = name,
            Needs = needs,
            Summary = summary,
            Write = write,
            IsAddress = true,
        };

    private static LogAlias Number(string name, string summary, Func<ProxyStream, long> value, bool plusWhenEarly = false) =>
        Bare(name, summary, (s, b, f) =>
        {
            int at = 0;
            if (plusWhenEarly && s.Log.IsEarly)
                b[at++] = (byte)'+';
            value(s).TryFormat(b[at..], out int n, default, CultureInfo.InvariantCulture);
            return at + n;
        });

    /// <summary>COMPAT: the few numbers that %{+X} writes in hexadecimal, padded to what their kind has.</summary>
    private static LogAlias Identity(
        string name,
        string summary,
        Func<ProxyStream, long> value,
        string hexadecimal = "X4",
        string? plain = null,
        SampleNeeds needs = SampleNeeds.None
    ) =>
        Bare(
            name,
            summary,
            (s, b, f) =>
            {
                long number = value(s);
                if (number < 0)
                    return Missing(b, f, quotes: true);
                number.TryFormat(b, out int n, (f & LogFormatFlags.Hexadecimal) != 0 ? hexadecimal : plain, CultureInfo.InvariantCulture);
                return n;
            },
            needs
        );

    private static LogAlias Word(string name, string summary, Func<ProxyStream, string> value) =>
        Row(name, summary, (s, b, f) => Encoding.UTF8.TryGetBytes(value(s), b, out int n) ? n : 0);

    /// <summary>COMPAT: with %{+X} the bytes of the address in hexadecimal.</summary>
    private static int Address(in SocketAddress a, Span<byte> b, LogFormatFlags flags)
    {
        if ((flags & LogFormatFlags.Hexadecimal) == 0 || a.Length == 0)
            return a.FormatIp(b);
        Span<byte> bytes = stackalloc byte[16];
        a.CopyBytes(bytes);
        for (int i = 0; i < a.Length; i++)
            bytes[i].TryFormat(b[(2 * i)..], out _, "X2", CultureInfo.InvariantCulture);
        return 2 * a.Length;
    }

    /// <summary>Where the stream's server is, for this client.</summary>
    private static SocketAddress Target(ProxyStream s) =>
        s.Server!.IsReachedAtClientsDestination ? s.Server.TargetFor(s.Destination) : s.Server.Endpoint!.Address;

    private static int UniqueId(ProxyStream s, Span<byte> b, LogFormatFlags flags)
    {
        // COMPAT: in the log a request without one has a dash, or nothing between quotes; unlike the fetch, the alias does not make it
        ReadOnlySpan<byte> id = s.UniqueId.Text;
        if (id.IsEmpty)
            return (flags & (LogFormatFlags.Quote | LogFormatFlags.Mandatory)) == LogFormatFlags.Mandatory ? Dash(b) : 0;
        id.CopyTo(b);
        return id.Length;
    }

    private static int Date(long wallMs, Span<byte> b, string format) =>
        DateTimeOffset.FromUnixTimeMilliseconds(wallMs).ToLocalTime().TryFormat(b, out int n, format, CultureInfo.InvariantCulture) ? n : 0;

    private static int LocalDate(long wallMs, Span<byte> b)
    {
        DateTimeOffset local = DateTimeOffset.FromUnixTimeMilliseconds(wallMs).ToLocalTime();
        if (!local.TryFormat(b, out int n, "dd/MMM/yyyy:HH:mm:ss ", CultureInfo.InvariantCulture))
            return 0;
        int minutes = (int)local.Offset.TotalMinutes,
            positive = Math.Abs(minutes);
        b[n++] = minutes < 0 ? (byte)'-' : (byte)'+';
        (positive / 60 * 100 + positive % 60).TryFormat(b[n..], out int digits, "D4", CultureInfo.InvariantCulture);
        return n + digits;
    }

    private static int Termination(ProxyStream s, Span<byte> b, bool withCookie)
    {
        b[0] = (byte)s.Cause;
        if (b[0] == 0)
            b[0] = (byte)'-';
        b[1] = (byte)s.Phase;
        if (b[1] == 0)
            b[1] = (byte)'-';
        if (!withCookie)
            return 2;
        (b[2], b[3]) = s is HttpStream http ? http.Cookies.Letters : ((byte)'-', (byte)'-');
        return 4;
    }

    private static int RequestLine(ProxyStream s, Span<byte> b)
    {
        ReadOnlySpan<byte> line = s is HttpStream http ? http.Log.RequestLine : default;
        return Escape(line.IsEmpty ? "<BADREQ>"u8 : line, b);
    }

    /// <summary>COMPAT: what a client wrote is shown with '#' and two hex digits for quotes, '#' and unprintable bytes, so that it cannot
    /// leave its field.</summary>
    private static int Escape(ReadOnlySpan<byte> text, Span<byte> b, bool isHeader = false)
    {
        int at = 0;
        foreach (byte c in text)
        {
            if (at + 3 > b.Length)
                break;
            if (c is >= 0x20 and < 0x7F and not (byte)'"' and not (byte)'#' && !(isHeader && c is ((byte)'{' or (byte)'|' or (byte)'}')))
            {
                b[at++] = c;
                continue;
            }
            b[at++] = (byte)'#';
            b[at++] = (byte)"0123456789ABCDEF"[c >> 4];
            b[at++] = (byte)"0123456789ABCDEF"[c & 15];
        }
        return at;
    }

    /// <summary>A word of the captured request line: method, target, version.</summary>
    private static ReadOnlySpan<byte> LineWord(ProxyStream s, int index)
    {
        ReadOnlySpan<byte> line = s is HttpStream http ? http.Log.RequestLine : default;
        // where nothing is logged no line is kept, and the head that is still there tells it
        if (line.IsEmpty)
            return s is HttpStream { HeadIsReadable: true } asked ? HeadWord(asked.RequestHead, index) : "<BADREQ>"u8;
        for (int i = 0; i < index; i++)
        {
            int space = line.IndexOf((byte)' ');
            if (space < 0)
                return default;
            line = line[(space + 1)..];
        }
        int end = line.IndexOf((byte)' ');
        return end < 0 ? line : line[..end];
    }

    private static ReadOnlySpan<byte> HeadWord(Http.Messages.MessageHead head, int index) =>
        index switch
        {
            0 => head.MethodSpan,
            1 => head.Target,
            _ => head.MajorVersion == 2 ? "HTTP/2.0"u8
            : head.MinorVersion == 0 ? "HTTP/1.0"u8
            : "HTTP/1.1"u8,
        };

    private static int LinePart(ProxyStream s, Span<byte> b, int index) => Escape(LineWord(s, index), b);

    private static int Target(ProxyStream s, Span<byte> b, bool query)
    {
        ReadOnlySpan<byte> target = LineWord(s, 1);
        // COMPAT: of a request that could not be read every part is <BADREQ>
        if (target.SequenceEqual("<BADREQ>"u8))
            return Escape(target, b);
        int mark = target.IndexOf((byte)'?');
        return Escape(
            query
                ? mark < 0
                    ? default
                    : target[mark..]
                : mark < 0
                    ? target
                    : target[..mark],
            b
        );
    }

    /// <summary>COMPAT: what stands before the first slash of a path is not told.</summary>
    private static int PathOnly(ProxyStream s, Span<byte> b)
    {
        ReadOnlySpan<byte> target = LineWord(s, 1);
        int mark = target.IndexOf((byte)'?');
        if (mark >= 0)
            target = target[..mark];
        if (target.IndexOf("://"u8) is > 0 and int scheme)
        {
            int slash = target[(scheme + 3)..].IndexOf((byte)'/');
            target = slash < 0 ? default : target[(scheme + 3 + slash)..];
        }
        return Escape(target, b);
    }

    /// <summary>Captured headers: "{a|b}", or for CLF a text each, quoted with %{+Q}; nothing when none are configured.</summary>
    private static int Captures(ProxyStream s, Span<byte> b, bool request, bool clf, bool quoted = false)
    {
        // COMPAT: what was no request has captured nothing, not even the braces
        if (s.Frontend.Captures is not { } layout || !s.BecameRequest)
            return 0;
        CaptureSlot[] slots = request ? layout.Request : layout.Response;
        if (slots.Length == 0)
            return 0;
        int at = 0;
        if (!clf)
            b[at++] = (byte)'{';
        for (int i = 0; i < slots.Length && at + 8 < b.Length; i++)
        {
            if (i > 0)
                b[at++] = clf ? (byte)' ' : (byte)'|';
            ReadOnlySpan<byte> text = s.Captures.Get(slots[i], out bool isSet);
            if (clf && !isSet && !quoted)
            {
                b[at++] = (byte)'-';
                continue;
            }
            if (quoted)
                b[at++] = (byte)'"';
            at += Escape(text, b[at..^3], isHeader: true);
            if (quoted)
                b[at++] = (byte)'"';
        }
        if (!clf)
            b[at++] = (byte)'}';
        return at;
    }

    /// <summary>COMPAT: where nothing was captured there are no quotes either.</summary>
    private static LogAlias List(string name, string summary, bool request) =>
        new()
        {
            Name = name,
            Needs = SampleNeeds.None,
            Summary = summary,
            QuotesItself = true,
            Write = (s, b, f) =>
            {
                if ((f & LogFormatFlags.Quote) == 0)
                    return Captures(s, b, request, clf: false);
                int n = Captures(s, b[1..^1], request, clf: false);
                if (n == 0)
                    return 0;
                b[0] = b[n + 1] = (byte)'"';
                return n + 2;
            },
        };

    private static LogAlias Items(string name, string summary, bool request) =>
        new()
        {
            Name = name,
            Needs = SampleNeeds.None,
            Summary = summary,
            QuotesItself = true,
            Write = (s, b, f) => Captures(s, b, request, true, (f & LogFormatFlags.Quote) != 0),
        };

    private static int CookieCapture(ProxyStream s, Span<byte> b, LogFormatFlags flags, bool request)
    {
        CaptureSlot? slot = request ? s.Frontend.Captures?.RequestCookie : s.Frontend.Captures?.ResponseCookie;
        if (slot is null || s is not HttpStream http)
            return Missing(b, flags);
        ReadOnlySpan<byte> text = http.Captures.Get(slot, out bool isSet);
        return isSet ? Escape(text, b) : Missing(b, flags);
    }

    private static int Dash(Span<byte> b)
    {
        b[0] = (byte)'-';
        return 1;
    }

    /// <summary>COMPAT: what there is none of is a dash, or nothing between quotes (which <paramref name="quotes"/> says are to be written
    /// here).</summary>
    private static int Missing(Span<byte> b, LogFormatFlags flags, bool quotes = false)
    {
        if ((flags & LogFormatFlags.Quote) == 0)
            return (flags & LogFormatFlags.Mandatory) == 0 ? 0 : Dash(b);
        if (!quotes)
            return 0;
        b[0] = b[1] = (byte)'"';
        return 2;
    }

    private static readonly HashSet<string> s_httpOnly =
    [
        "CC",
        "CS",
        "TR",
        "HM",
        "HP",
        "HPO",
        "HQ",
        "HU",
        "HV",
        "Ta",
        "Ti",
        "Tq",
        "Tr",
        "r",
        "tr",
        "trg",
        "trl",
    ];

    /// <summary>COMPAT: a proxy in TCP mode that logs one of these is refused, though it might come to a value.</summary>
    private static LogAlias[] MarkHttp(LogAlias[] rows)
    {
        foreach (LogAlias row in rows)
            row.HttpOnly = s_httpOnly.Contains(row.Name);
        return rows;
    }

    internal static readonly LogAlias[] Rows = MarkHttp([
        Ip("ci", "client's address", (s, b, f) => Address(s.Source, b, f)),
        Identity("cp", "client's port", s => s.Source.Port),
        Ip("fi", "frontend's address", (s, b, f) => Address(s.Destination, b, f)),
        Identity("fp", "frontend's port", s => s.Destination.Port),
        Ip("si", "server's address", (s, b, f) =>
            s.Server?.Endpoint is null ? Missing(b, f, quotes: (f & LogFormatFlags.Hexadecimal) != 0) : Address(Target(s), b, f)
        ),
        Identity("sp", "server's port", s => s.Server?.Endpoint is null ? -1 : Target(s).Port),
        Ip(
            "bi",
            "our address towards the server",
            (s, b, f) =>
                s.LastServer.TryGet(out ServerSideFacts side) && side.Near.IsSet
                    ? Address(side.Near, b, f)
                    : Missing(b, f, quotes: (f & LogFormatFlags.Hexadecimal) != 0),
            SampleNeeds.Server
        ),
        Identity(
            "bp",
            "our port towards the server",
            s => s.LastServer.TryGet(out ServerSideFacts side) && side.Near.IsSet ? side.Near.Port : -1,
            needs: SampleNeeds.Server
        ),
        Row("sslc", "TLS cipher of the client's connection", (s, b, f) =>
            Samples.Fetches.TlsFetches.Of(s) is { } tls ? Escape(Tls.CipherNames.Shown(tls.CipherSuite), b) : Missing(b, f)
        ),
        Row("sslv", "TLS version of the client's connection", (s, b, f) =>
            Samples.Fetches.TlsFetches.Of(s) is { } tls ? Escape(Samples.Fetches.TlsFetches.Protocol(tls), b) : Missing(b, f)
        ),
        Identity("lc", "lines logged by the frontend before this one", s => s.Frontend.LogLines),
        // taken by the parser: what follows has its flags
        Bare("o", "gives its flags to all that follows", (s, b, f) => 0),
        Word("f", "frontend's name", s => s.Frontend.Name),
        Word("ft", "frontend's name, with ~ when encrypted", s =>
            Samples.Fetches.TlsFetches.Of(s) is null ? s.Frontend.Name : s.Frontend.EncryptedName
        ),
        Word("b", "backend's name", s => s.Backend?.Name ?? s.Frontend.Name),
        Word("s", "server's name", s => s.Server?.Name ?? s.ServiceName ?? "<NOSRV>"),
        Bare("t", "date of the connection with milliseconds", (s, b, f) => Date(s.Times.AcceptWallMs, b, "dd/MMM/yyyy:HH:mm:ss.fff")),
        Bare("tr", "date of the request with milliseconds", (s, b, f) =>
            Date(s.Times.Begin >= 0 ? s.Times.BeginWallMs : s.Times.AcceptWallMs, b, "dd/MMM/yyyy:HH:mm:ss.fff")
        ),
        Bare("T", "date in GMT", (s, b, f) =>
            DateTimeOffset
                .FromUnixTimeMilliseconds(s.Times.AcceptWallMs)
                .TryFormat(b, out int n, "dd/MMM/yyyy:HH:mm:ss +0000", CultureInfo.InvariantCulture)
                ? n
                : 0
        ),
        Bare("trg", "date of the request in GMT", (s, b, f) =>
            DateTimeOffset
                .FromUnixTimeMilliseconds(s.Times.BeginWallMs)
                .TryFormat(b, out int n, "dd/MMM/yyyy:HH:mm:ss +0000", CultureInfo.InvariantCulture)
                ? n
                : 0
        ),
        Bare("Tl", "date with its offset from GMT", (s, b, f) => LocalDate(s.Times.AcceptWallMs, b)),
        Bare("trl", "date of the request with its offset from GMT", (s, b, f) =>
            LocalDate(s.Times.Begin >= 0 ? s.Times.BeginWallMs : s.Times.AcceptWallMs, b)
        ),
        Identity("Ts", "seconds since 1970", s => s.Times.AcceptWallMs / 1000),
        Identity("ms", "milliseconds of the second", s => s.Times.AcceptWallMs % 1000, "X2", "D3"),
        Number("Th", "handshake time", StreamTimers.Handshake),
        Number("Ti", "idle time before the request", StreamTimers.Idle),
        Number("TR", "time to receive the request", StreamTimers.Request),
        Number("Tq", "idle time and time to receive the request", StreamTimers.IdleAndRequest),
        Number("Tw", "time in queues", StreamTimers.Queue),
        Number("Tc", "time to connect to the server", StreamTimers.Connect),
        Number("Tr", "time until the server answered", StreamTimers.Response),
        Number("Ta", "time of the whole request", StreamTimers.Active, true),
        Number("Tt", "time since the connection was accepted", StreamTimers.Total, true),
        Number("Td", "time to send the data", StreamTimers.Data),
        Number("Tu", "time of the request and the idle time before it", StreamTimers.User, true),
        Bare("ST", "status", (s, b, f) =>
        {
            ((s as HttpStream)?.Status ?? 0).TryFormat(b, out int n, default, CultureInfo.InvariantCulture);
            return n;
        }),
        Number("B", "bytes to the client", s => s.BytesToClient, true),
        Number("U", "bytes from the client", s => s.BytesFromClient),
        Row("CC", "captured request cookie", (s, b, f) => CookieCapture(s, b, f, true)),
        Row("CS", "captured response cookie", (s, b, f) => CookieCapture(s, b, f, false)),
        Bare("ts", "termination state", (s, b, f) => Termination(s, b, false)),
        Bare("tsc", "termination state with cookies", (s, b, f) => Termination(s, b, true)),
        Number("ac", "connections of the process", s => s.Worker.Engine.CurrentConnections),
        Number("fc", "connections of the frontend", s => s.Frontend.CurrentSessions),
        Number("bc", "streams of the backend", s => s.Backend?.CurrentSessions ?? 0),
        Number("sc", "streams of the server", s => s.Server?.CurrentSessions ?? 0),
        Bare("rc", "retries, with + after a redispatch", (s, b, f) =>
        {
            int at = 0;
            if (s.Connecting.IsRedispatched)
                b[at++] = (byte)'+';
            s.Connecting.Retries.TryFormat(b[at..], out int n, default, CultureInfo.InvariantCulture);
            return at + n;
        }),
        Number("sq", "place in the server's queue", s => s.Choice.ServerQueuePosition),
        Number("bq", "place in the backend's queue", s => s.Choice.BackendQueuePosition),
        List("hr", "captured request headers", request: true),
        List("hs", "captured response headers", request: false),
        Items("hrl", "captured request headers, CLF", request: true),
        Items("hsl", "captured response headers, CLF", request: false),
        Row("ID", "identifier of the request", UniqueId),
        Row("r", "request line", (s, b, f) => RequestLine(s, b)),
        Row("HM", "method", (s, b, f) => LinePart(s, b, 0)),
        Row("HU", "request target", (s, b, f) => LinePart(s, b, 1)),
        Row("HV", "HTTP version", (s, b, f) => LinePart(s, b, 2)),
        Row("HP", "path", (s, b, f) => Target(s, b, false)),
        Row("HPO", "path without scheme and authority", (s, b, f) => PathOnly(s, b)),
        Row("HQ", "query with its question mark", (s, b, f) => Target(s, b, true)),
        Identity("pid", "process id", _ => Interop.Linux.Processes.getpid()),
        Identity("rt", "request counter", s => s.Number),
        Word("H", "host name", _ => Interop.Linux.Processes.HostName()),
    ]);
}
