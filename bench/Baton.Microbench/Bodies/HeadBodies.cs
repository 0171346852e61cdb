// HTTP/1 heads: parsing requests and answers, editing and writing one.
using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using Baton.Http.H1;
using Baton.Http.Messages;

namespace Baton.Microbench.Bodies;

internal static unsafe class HeadBodies
{
    internal const string Browser =
        "GET /assets/app.js?v=20260115 HTTP/1.1\r\nHost: www.example.test\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0\r\n"
        + "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\nAccept-Language: en-US,en;q=0.5\r\nAccept-Encoding: gzip, deflate, br\r\n"
        + "Referer: https://www.example.test/index.html\r\nConnection: keep-alive\r\nCookie: session=0123456789abcdef0123456789abcdef; theme=dark; lang=en\r\n"
        + "Cache-Control: max-age=0\r\nX-Requested-With: XMLHttpRequest\r\n\r\n";

    internal static void Add(SortedDictionary<string, Action> all)
    {
        all["head-request-small"] = Request("GET / HTTP/1.1\r\nHost: example.test\r\n\r\n");
        all["head-request-browser"] = Request(Browser);
        all["head-made"] = Made();
        all["head-response"] = Response(
            "HTTP/1.1 200 OK\r\nServer: nginx\r\nDate: Tue, 13 Jan 2026 10:00:00 GMT\r\nContent-Type: text/html; charset=utf-8\r\n"
                + "Content-Length: 5120\r\nConnection: keep-alive\r\nETag: \"5f3c-62a\"\r\nAccept-Ranges: bytes\r\n\r\n"
        );
    }

    /// <summary>A request that came in frames, and its text.</summary>
    private static Action Made()
    {
        const int Size = 16384;
        var head = new MessageHead();
        byte* arena = Native(new string('x', 3 * Size));
        return () =>
        {
            head.SetArena(arena, arena + Size, Size);
            HeadMaker maker = HeadMaker.Request(head, MessageOrigin.Frames);
            maker.SetMethod("GET"u8);
            maker.SetScheme("https"u8);
            maker.SetAuthority("www.example.test"u8);
            maker.SetPath("/assets/app.js?v=20260115"u8);
            maker.Add("user-agent"u8, "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"u8);
            maker.Add("accept"u8, "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"u8);
            maker.Add("accept-encoding"u8, "gzip, deflate, br"u8);
            maker.Add("cookie"u8, "session=0123456789abcdef0123456789abcdef"u8);
            maker.Add("cookie"u8, "theme=dark"u8);
            maker.Add("x-requested-with"u8, "XMLHttpRequest"u8);
            AllBodies.Must(maker.End(hasBody: false) == ParseStatus.Complete);
            AllBodies.Must(HeadWriter.Write(head, new Span<byte>(arena + 2 * Size, Size)) > 0);
        };
    }

    /// <summary>A copy that stays where it is. SAFETY: lives as long as the process.</summary>
    internal static byte* Native(string text)
    {
        var copy = (byte*)NativeMemory.Alloc((nuint)text.Length);
        for (int i = 0; i < text.Length; i++)
            copy[i] = (byte)text[i];
        return copy;
    }

    private static Action Request(string text)
    {
        byte* bytes = Native(text);
        var head = new MessageHead();
        var parser = new HeadParser(head);
        return () =>
        {
            head.Reset();
            AllBodies.Must(parser.ParseRequest(bytes, text.Length, default) == ParseStatus.Complete);
        };
    }

    private static Action Response(string text)
    {
        byte* bytes = Native(text);
        var head = new MessageHead();
        var parser = new HeadParser(head);
        return () =>
        {
            head.Reset();
            AllBodies.Must(parser.ParseResponse(bytes, text.Length, HttpMethod.Get, default) == ParseStatus.Complete);
        };
    }
}
