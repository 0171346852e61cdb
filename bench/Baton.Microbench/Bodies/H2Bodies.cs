// HTTP/2: a browser's request from its first block on a connection and from a later one, an answer to a block, and Huffman's code.
using System;
using System.Collections.Generic;
using System.Text;
using Baton.Http.H1;
using Baton.Http.H2;
using Baton.Http.H2.Hpack;
using Baton.Http.Messages;

namespace Baton.Microbench.Bodies;

internal static unsafe class H2Bodies
{
    private const int Size = 16384;

    private static readonly (string Name, string Value)[] s_browser =
    [
        (":method", "GET"),
        (":scheme", "https"),
        (":authority", "www.example.test"),
        (":path", "/assets/app.js?v=20260115"),
        ("user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"),
        ("accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
        ("accept-language", "en-US,en;q=0.5"),
        ("accept-encoding", "gzip, deflate, br"),
        ("referer", "https://www.example.test/index.html"),
        ("cookie", "session=0123456789abcdef0123456789abcdef"),
        ("cookie", "theme=dark"),
        ("cache-control", "max-age=0"),
        ("x-requested-with", "XMLHttpRequest"),
    ];

    internal static void Add(SortedDictionary<string, Action> all)
    {
        all["h2-request-first"] = Request(isFirst: true);
        all["h2-request-later"] = Request(isFirst: false);
        all["h2-response"] = Response();
        all["h2-huffman"] = Decode();
    }

    /// <summary>All fields as literals that are indexed, their strings encoded.</summary>
    private static byte[] Literals()
    {
        var block = new List<byte>();
        foreach ((string name, string value) in s_browser)
        {
            block.Add(0x40);
            foreach (string text in (string[])[name, value])
            {
                byte[] bytes = Encoding.ASCII.GetBytes(text),
                    encoded = new byte[Huffman.EncodedLength(bytes)];
                Huffman.Encode(bytes, encoded);
                block.Add((byte)(0x80 | encoded.Length));
                block.AddRange(encoded);
            }
        }
        return [.. block];
    }

    private static Action Request(bool isFirst)
    {
        var head = new MessageHead();
        byte* arena = HeadBodies.Native(new string('x', 3 * Size));
        byte[] first = Literals(),
            // the newest is the last
            later = new byte[s_browser.Length];
        for (int i = 0; i < later.Length; i++)
            later[i] = (byte)(0x80 | (62 + later.Length - 1 - i));
        var decoder = new HpackDecoder();
        byte[] block = isFirst ? first : later;
        byte[] scratch = new byte[HpackDecoder.ScratchSize(first.Length)];
        AllBodies.Must(Http2HeadReader.PassOver(ref decoder, first, scratch));
        return () =>
        {
            head.SetArena(arena, arena + Size, Size);
            HeadReading reading = Http2HeadReader.ReadRequest(ref decoder, block, scratch, head, default, endsStream: true);
            AllBodies.Must(reading.IsFine && reading.Fields == s_browser.Length);
        };
    }

    private static Action Response()
    {
        byte[] block = new byte[Size];
        const string Text =
            "HTTP/1.1 200 OK\r\nServer: nginx\r\nDate: Tue, 13 Jan 2026 10:00:00 GMT\r\nContent-Type: text/html; charset=utf-8\r\n"
            + "Content-Length: 5120\r\nConnection: keep-alive\r\nETag: \"5f3c-62a\"\r\nAccept-Ranges: bytes\r\n\r\n";
        byte* text = HeadBodies.Native(Text);
        var head = new MessageHead();
        AllBodies.Must(new HeadParser(head).ParseResponse(text, Text.Length, HttpMethod.Get, default) == ParseStatus.Complete);
        return () => AllBodies.Must(HeadBlockWriter.WriteResponse(head, block) > 0);
    }

    private static Action Decode()
    {
        byte[] text = Encoding.ASCII.GetBytes("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"),
            encoded = new byte[Huffman.EncodedLength(text)],
            decoded = new byte[200];
        Huffman.Encode(text, encoded);
        return () => AllBodies.Must(Huffman.Decode(encoded, decoded) == text.Length);
    }
}
