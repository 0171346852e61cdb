// Every input whole, byte by byte and torn at random comes out the same, the same as the oracle's, and
// what is written out again parses to what was meant. The buffer moves at every call.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Baton.Http.H1;
using Baton.Http.Messages;
using CsCheck;
using Xunit;

namespace Baton.UnitTests.Http.H1;

public sealed unsafe class HeadPropertyTests
{
    private static readonly string[] Pieces =
    [
        "\r\n",
        "\r\n",
        "\r\n",
        "\r\n",
        "\r\n\r\n",
        "\n",
        "\r",
        " ",
        "\t",
        ":",
        ",",
        ": ",
        "a",
        "x-long-header-name-beyond-sixteen",
        "\0",
        "\x7f",
        "\x80",
        "(",
        "/",
        "@",
        "GET ",
        "POST ",
        "CONNECT ",
        "OPTIONS ",
        "PRI ",
        "/",
        "/a?b=c",
        "*",
        "http://a/",
        "http://a:80?q",
        "https://[::1]:443/",
        "a:80",
        "#",
        " HTTP/1.1\r\n",
        " HTTP/1.0\r\n",
        " HTTP/2.0\r\n",
        " HTTP/1.7\r\n",
        "HTTP/1.1 200 OK\r\n",
        "HTTP/1.0 204 \r\n",
        "HTTP/1.1 100\r\n",
        "HTTP/1.1 304 x\n",
        "Host: a\r\n",
        "hOST: b:80\r\n",
        "Host: [::1]:443\r\n",
        "Host:\r\n",
        "Content-Length: 5\r\n",
        "content-length: 0\r\n",
        "Content-Length: 5, 5\r\n",
        "Content-Length: ",
        "05",
        "5",
        "Transfer-Encoding: chunked\r\n",
        "transfer-ENCODING: \t Chunked\t\r\n",
        "Transfer-Encoding: gzip\r\n",
        "Connection: close\r\n",
        "Connection: Keep-Alive, x\r\n",
        "Connection: ,upgrade,,\r\n",
        "Upgrade: websocket\r\n",
        "Expect: 100-continue\r\n",
        "X-Forwarded-For: 1.2.3.4\r\n",
        "Cookie: a=b; c=d\r\n",
        "User-Agent: something long enough for two vectors\r\n",
        "X: \r\n",
        "X:y\r\n",
        ":\r\n",
        ": chunked\r\n",
        ":: x\r\n",
        "Content-Length:\t7 \r\n",
        "Content-Length: 007\r\n",
        "Keep-Alive: timeout=5\r\n",
        "TE: trailers\r\n",
    ];

    private static readonly Gen<string> Tail = Pick(Pieces).Array[0, 12].Select(string.Concat);
    private static readonly Gen<string> RareTail = Gen.Select(Gen.Int[0, 2], Tail, (i, tail) => i == 0 ? tail : "");
    private static readonly Gen<string> Fields = Pick(
        Pieces.Where(p => p.EndsWith("\r\n", StringComparison.Ordinal) && p.Contains(':')).ToArray()
    )
        .Array[0, 4]
        .Select(string.Concat);
    private static readonly Gen<string> Requests = Gen.OneOf(
        Tail,
        Gen.Select(
            Pick("GET", "POST", "HEAD", "DELETE", "CONNECT", "OPTIONS", "FOO"),
            Pick("/", "/p?q", "a:80", "a:1", "*", "http://a", "https://b:80/"),
            Pick("1.1", "1.0", "1.2", "2.0"),
            Fields,
            RareTail,
            (m, t, v, f, tail) => $"{m} {t} HTTP/{v}\r\n{f}{tail}\r\n\r\n"
        )
    );
    private static readonly Gen<string> Responses = Gen.OneOf(
        Tail,
        Gen.Select(
            Pick("1.1", "1.0"),
            Pick("200 OK", "204 No", "304", "101 S", "999 \x80", "099 x"),
            Pick("\r\n", "\n"),
            Fields,
            RareTail,
            (v, s, e, f, tail) => $"HTTP/{v} {s}{e}{f}{tail}\r\n\r\n"
        )
    );

    // How often each outcome came up, so that the generators are known to reach them.
    [ThreadStatic]
    private static int[]? t_outcomes;

    private static int[] Outcomes => t_outcomes ??= new int[8];

    private static Gen<T> Pick<T>(params T[] choices) => Gen.Int[0, choices.Length - 1].Select(i => choices[i]);

    private static string Describe(MessageHead head, ParseStatus status, bool response)
    {
        if (status != ParseStatus.Complete)
        {
            return status.ToString();
        }
        var fields = new List<string>();
        for (int i = 0; i < head.FieldCount; i++)
        {
            if (!head.Field(i).IsRemoved)
            {
                fields.Add(Text(head.Field(i).NameSpan) + ": " + Text(head.Field(i).ValueSpan));
            }
        }
        string start = response
            ? head.Status + " " + Text(head.Reason) + " " + head.MinorVersion
            : Text(head.MethodSpan) + " " + Text(head.Target) + " " + head.MinorVersion;
        return $"{start}\n{string.Join("\n", fields)}\n{head.HeadLength} {head.Body} {head.ContentLength} {head.KeepAlive}";
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    // Parses as the bytes up to each cut have arrived, in another buffer each time.
    private static string Feed(string text, bool response, HttpMethod method, IEnumerable<int> cuts)
    {
        var head = new MessageHead();
        var parser = new HeadParser(head);
        byte[] bytes = NativeBytes.Latin1(text);
        NativeBytes? last = null;
        ParseStatus status = ParseStatus.Incomplete;
        try
        {
            foreach (int cut in cuts.Append(bytes.Length))
            {
                var next = new NativeBytes(bytes.AsSpan(0, cut));
                status = response
                    ? parser.ParseResponse(next.Pointer, cut, method, default)
                    : parser.ParseRequest(next.Pointer, cut, default);
                last?.Dispose();
                last = next;
                if (status != ParseStatus.Incomplete)
                {
                    break;
                }
            }
            return Describe(head, status, response);
        }
        finally
        {
            last?.Dispose();
        }
    }

    private static void Check(string text, bool response, HttpMethod method, int[] cuts)
    {
        OracleHead oracle = response ? OracleHead.Response(text, method) : OracleHead.Request(text);
        string expected = oracle.ToString();
        Outcomes[(int)oracle.Status]++;
        Assert.Equal(expected, Feed(text, response, method, []));
        Assert.Equal(expected, Feed(text, response, method, Enumerable.Range(0, text.Length)));
        Assert.Equal(expected, Feed(text, response, method, cuts.Select(c => c % (text.Length + 1)).Order()));
    }

    [Fact]
    public void RequestsComeOutLikeTheOracles()
    {
        t_outcomes = null;
        Gen.Select(Requests, Gen.Int[0, 300].Array[0, 5])
            .Sample((text, cuts) => Check(text, false, HttpMethod.Other, cuts), iter: 20_000, threads: 1);
        Assert.True(
            Outcomes[(int)ParseStatus.Complete] > 1000
                && Outcomes[(int)ParseStatus.BadRequest] > 1000
                && Outcomes[(int)ParseStatus.Incomplete] > 200
                && Outcomes[(int)ParseStatus.BodyNotAllowed] > 10
                && Outcomes[(int)ParseStatus.VersionNotSupported] > 100,
            string.Join(" ", Outcomes)
        );
    }

    [Fact]
    public void ResponsesComeOutLikeTheOracles()
    {
        t_outcomes = null;
        Gen.Select(Responses, Pick(HttpMethod.Get, HttpMethod.Head, HttpMethod.Connect), Gen.Int[0, 300].Array[0, 5])
            .Sample((text, method, cuts) => Check(text, true, method, cuts), iter: 20_000, threads: 1);
        Assert.True(Outcomes[(int)ParseStatus.Complete] > 1000 && Outcomes[(int)ParseStatus.NotHttp] > 1000, string.Join(" ", Outcomes));
    }

    [Fact]
    public void WhatIsWrittenIsWhatWasMeant()
    {
        Gen<int> action = Gen.Int[0, 5];
        Gen.Select(Fields, Gen.Select(action, Gen.Int[0, 20]).Array[0, 6])
            .Sample(
                (fields, edits) =>
                {
                    using var bytes = new NativeBytes(NativeBytes.Latin1("GET /x HTTP/1.1\r\n" + fields + "\r\n"));
                    using var arena = new NativeBytes(4096);
                    var head = new MessageHead();
                    var parser = new HeadParser(head);
                    using var spare = new NativeBytes(arena.Length);
                    head.SetArena(arena.Pointer, spare.Pointer, arena.Length);
                    if (parser.ParseRequest(bytes.Pointer, bytes.Length, default) != ParseStatus.Complete)
                    {
                        return;
                    }
                    var model = new List<(string Name, string Value)>();
                    for (int i = 0; i < head.FieldCount; i++)
                    {
                        model.Add((Text(head.Field(i).NameSpan), Text(head.Field(i).ValueSpan)));
                    }
                    var live = Enumerable.Range(0, head.FieldCount).ToList();
                    string target = "/x";
                    foreach ((int what, int which) in edits)
                    {
                        int at = live.Count == 0 ? -1 : which % live.Count;
                        if (what == 0)
                        {
                            Assert.True(head.AddField("x-added"u8, "value"u8));
                            live.Add(head.FieldCount - 1);
                            model.Add(("x-added", "value"));
                        }
                        else if (what == 1 && at >= 0)
                        {
                            head.RemoveField(live[at]);
                            live.RemoveAt(at);
                            model.RemoveAt(at);
                        }
                        else if (what == 2 && at >= 0)
                        {
                            Assert.True(head.ReplaceValue(live[at], "other"u8));
                            model[at] = (model[at].Name, "other");
                        }
                        else if (what == 3)
                        {
                            Assert.True(head.SetTarget("/new?y"u8));
                            target = "/new?y";
                        }
                        else if (what == 4)
                        {
                            Assert.True(head.SetField("X-FORWARDED-FOR"u8, "9"u8));
                            for (int i = model.Count - 1; i >= 0; i--)
                            {
                                if (model[i].Name.Equals("x-forwarded-for", StringComparison.OrdinalIgnoreCase))
                                {
                                    model.RemoveAt(i);
                                    live.RemoveAt(i);
                                }
                            }
                            model.Add(("X-FORWARDED-FOR", "9"));
                            live.Add(head.FieldCount - 1);
                        }
                    }
                    byte[] output = new byte[HeadWriter.Length(head)];
                    Assert.Equal(output.Length, HeadWriter.Write(head, output));
                    Assert.Equal(-1, HeadWriter.Write(head, new byte[output.Length - 1]));
                    string[] lines = Text(output).Split("\r\n");
                    Assert.Equal($"GET {target} HTTP/1.1", lines[0]);
                    Assert.Equal(
                        model.Select(f => f.Name + ":" + f.Value),
                        lines[1..^2].Select(l => l[..(l.IndexOf(':') + 1)] + l[(l.IndexOf(':') + 1)..].Trim(' ', '\t'))
                    );
                    Assert.Equal(["", ""], lines[^2..]);
                    if (!head.IsModified)
                    {
                        Assert.Equal(bytes.Length, output.Length);
                    }
                },
                iter: 20_000,
                threads: 1
            );
    }

    [Fact]
    public void EditingRefusesWhatWouldSplitTheMessage()
    {
        using var bytes = new NativeBytes("GET / HTTP/1.1\r\nA: b\r\n\r\n"u8);
        using var arena = new NativeBytes(40);
        using var spare = new NativeBytes(40);
        var head = new MessageHead();
        var parser = new HeadParser(head);
        head.SetArena(arena.Pointer, spare.Pointer, arena.Length);
        Assert.Equal(ParseStatus.Complete, parser.ParseRequest(bytes.Pointer, bytes.Length, default));
        Assert.False(head.AddField("x"u8, "a\r\nb: c"u8));
        Assert.False(head.ReplaceValue(0, "a\nb"u8));
        Assert.False(head.SetTarget("/a b"u8));
        Assert.False(head.SetMethod("A B"u8));
        Assert.False(head.AddField("x"u8, "longer than the arena"u8));
        Assert.False(head.IsModified);
    }
}
