// The timers of a stream (manual 8.4), as log aliases and the *.timer.* fetches show them: milliseconds, -1 when a moment
// was not reached. Those that run to the end of the stream run to now while it lasts.
using System;

namespace Baton.Engine.Streams;

internal static class StreamTimers
{
    private static long Since(long from, long to) => from < 0 || to < 0 ? -1 : to - from;

    /// <summary>Moment the request began: its first byte for HTTP, the connection for TCP.</summary>
    private static long Began(ProxyStream s) => s.Times.Begin >= 0 ? s.Times.Begin : s.Times.Accept;

    private static long Ended(ProxyStream s) => s.Times.End >= 0 ? s.Times.End : s.Worker.NowMs;

    /// <summary>Ti: before the first byte of the request.</summary>
    public static long Idle(ProxyStream s) =>
        s.IsHttp ? Math.Max(0, Began(s) - (s.Session.RequestCount > 1 ? s.Session.IdleSinceMs : s.Times.Accept) - Handshake(s)) : 0;

    /// <summary>Th: until the connection could be used (PROXY header), of its first request only.</summary>
    public static long Handshake(ProxyStream s) => s.Session.RequestCount > 1 ? 0 : s.Session.HandshakeMs;

    /// <summary>TR: to receive the request's head.</summary>
    public static long Request(ProxyStream s) => s.IsHttp ? Since(Began(s), s.Times.Request) : 0;

    /// <summary>Tq: both of these.</summary>
    public static long IdleAndRequest(ProxyStream s) =>
        !s.IsHttp ? 0
        : s.Times.Request < 0 ? -1
        : Idle(s) + Request(s);

    /// <summary>Tw: in queues.</summary>
    public static long Queue(ProxyStream s) =>
        s.Times.Request < 0 && s.Times.Queue >= 0 ? s.Times.Queue - Began(s) : Since(s.Times.Request, s.Times.Queue);

    /// <summary>Tc: to connect to the server.</summary>
    public static long Connect(ProxyStream s) => Since(s.Times.Queue, s.Times.Connect);

    /// <summary>Tr: until the head of the response had come.</summary>
    public static long Response(ProxyStream s) => Since(s.Times.Connect, s.Times.Response);

    /// <summary>Td: to transfer the response.</summary>
    public static long Data(ProxyStream s) => Since(s.Times.Response, Ended(s));

    /// <summary>Ta: from the first byte of the request to the end.</summary>
    public static long Active(ProxyStream s) => Ended(s) - Began(s) - (s.IsHttp ? 0 : Handshake(s));

    /// <summary>Tt: since the connection was accepted, or became idle before this request.</summary>
    public static long Total(ProxyStream s) => Ended(s) - (s.IsHttp && s.Session.RequestCount > 1 ? s.Session.IdleSinceMs : s.Times.Accept);

    /// <summary>Tu: as the client saw it, the idle time included.</summary>
    public static long User(ProxyStream s) => Active(s) + Idle(s);
}
