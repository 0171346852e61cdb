// Random dialogues: pipelined requests in every framing, torn anywhere, to a server that answers in every framing, torn too. What the
// server reads and what the client reads, both strictly, is what was meant. Seeds are fixed; a failure names its own.
using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Threading;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Http;

public sealed class DialogueTests : Scenario
{
    private const int Dialogues = 40;

    /// <summary>One request and the answer that it asks for by its target.</summary>
    private sealed record Exchange(int Id, string Method, string Body, int Length, string Kind, int Status)
    {
        public string Target => $"/{Id}/{Length}/{Kind}/{Status}";
        public string Answer => Bytes(new Random(Id), Length);

        public bool HasNoBody(int status) => Method == "HEAD" || status is 204 or 304;
    }

    private static string Bytes(Random random, int length)
    {
        var text = new StringBuilder(length);
        for (int i = 0; i < length; i++)
            text.Append("abc\r\n0123;: \0\u00ff"[random.Next(14)]);
        return text.ToString();
    }

    private static T Pick<T>(Random random, params T[] from) => from[random.Next(from.Length)];

    private static string Chunked(Random random, string body)
    {
        var text = new StringBuilder();
        for (int at = 0; at < body.Length; )
        {
            int n = Math.Min(body.Length - at, 1 + random.Next(Pick(random, 3, 50, 5000)));
            text.Append(new string('0', Pick(random, 0, 0, 0, 1, 9)))
                .Append(n.ToString(Pick(random, "x", "X"), CultureInfo.InvariantCulture))
                .Append(Pick(random, "", "", "", ";a=b", " ", "\t;x"))
                .Append("\r\n")
                .Append(body, at, n)
                .Append("\r\n");
            at += n;
        }
        return text.Append(Pick(random, "0", "0", "000", "0;e"))
            .Append("\r\n")
            .Append(Pick(random, "", "", "X-T: 1\r\n"))
            .Append("\r\n")
            .ToString();
    }

    private static void SendTorn(Random random, Action<ReadOnlyMemory<byte>> send, string text)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(text);
        bool torn = random.Next(2) == 0;
        for (int at = 0; at < bytes.Length; )
        {
            int n = Math.Min(bytes.Length - at, torn ? Pick(random, 1, 2, 7, 100, 3000, 60000) : bytes.Length);
            send(bytes.AsMemory(at, n));
            at += n;
            if (torn && random.Next(4) == 0)
                Thread.Sleep(1);
        }
    }

    /// <summary>The framing of a head's body, or a failure when it has two or something else than a proxy may write.</summary>
    private static string ReadBody(string head, Func<string> line, Func<int, string> read, Func<string>? toEnd)
    {
        string[] fields = head.Split("\r\n")[1..^2];
        foreach (string field in fields)
            Assert.Matches("^[!#$%&'*+.^_`|~0-9A-Za-z-]+:", field);
        Assert.DoesNotContain('\n', head.Replace("\r\n", "", StringComparison.Ordinal));
        string[] framing =
        [
            .. fields.Where(f =>
                f.StartsWith("content-length:", StringComparison.OrdinalIgnoreCase)
                || f.StartsWith("transfer-encoding:", StringComparison.OrdinalIgnoreCase)
            ),
        ];
        if (framing.Length == 0)
            return toEnd?.Invoke() ?? "";
        string value = Assert.Single(framing).Split(": ")[1];
        if (framing[0][0] is 'c' or 'C')
            return read(int.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture));
        Assert.Equal("chunked", value, ignoreCase: true);
        var body = new StringBuilder();
        while (true)
        {
            string size = line()[..^2];
            Assert.Matches("^0?[0-9A-Fa-f]{1,8}$", size);
            int n = int.Parse(size, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            if (n == 0)
                break;
            body.Append(read(n));
            Assert.Equal("\r\n", read(2));
        }
        while (line() != "\r\n") { }
        return body.ToString();
    }

    private static List<Exchange> Plan(Random random, int seed) =>
        [
            .. Enumerable
                .Range(0, 1 + random.Next(5))
                .Select(i =>
                {
                    string method = Pick(random, "GET", "GET", "POST", "PUT", "HEAD", "FOO");
                    string body = method is "GET" or "HEAD" ? "" : Bytes(random, Pick(random, 0, 1, 300, 9000, 40000));
                    return new Exchange(
                        seed * 10 + i,
                        method,
                        body,
                        Pick(random, 0, 1, 1000, 20000, 70000),
                        Pick(random, "length", "chunked", "old", "linefeeds", "last", "close"),
                        Pick(random, 200, 200, 404, 204, 304, 500)
                    );
                }),
        ];

    private static string Request(Random random, Exchange x)
    {
        bool chunked = random.Next(2) == 0;
        string framing =
            x.Method is "GET" or "HEAD" ? ""
            : chunked ? Pick(random, "Transfer-Encoding: chunked\r\n", "transfer-encoding:  CHUNKED\t\r\n")
            : Pick(random, "Content-Length: ", "content-length:\t", "Content-Length: 000") + x.Body.Length + "\r\n";
        string odd = Pick(
            random,
            "",
            "",
            "",
            "Connection: X-Q\r\nX-Q: 1\r\n",
            "TE: gzip\r\n",
            "Keep-Alive: 5\r\n",
            "Connection: keep-alive\r\n"
        );
        return $"{Pick(random, "", "", "\r\n")}{x.Method} {x.Target} HTTP/1.1\r\nHost: a\r\n{framing}{odd}\r\n"
            + (
                framing.Length == 0 ? ""
                : chunked ? Chunked(random, x.Body)
                : x.Body
            );
    }

    /// <summary>The answer that a target asks for. True when the connection ends with it.</summary>
    private static bool Answer(OriginConnection c, Exchange x)
    {
        var random = new Random(x.Id + 1);
        var text = new StringBuilder();
        for (int n = Pick(random, 0, 0, 1, 3); n > 0; n--)
            text.Append(
                Pick(
                    random,
                    "HTTP/1.1 103 E\r\nLink: a\r\n\r\n",
                    "HTTP/1.1 100 C\n\n",
                    "HTTP/1.1 102 P\r\nContent-Length: 9\r\n\r\n",
                    "HTTP/1.1 103 E\r\nTransfer-Encoding: chunked\r\nA: b\r\n\r\n"
                )
            );
        string body = x.HasNoBody(x.Status) ? "" : x.Answer,
            chunks = x.HasNoBody(x.Status) ? "" : Chunked(random, x.Answer),
            length = $"Content-Length: {x.Length}\r\n";
        text.Append(
            x.Kind switch
            {
                "length" => $"HTTP/1.1 {x.Status} X\r\n{length}\r\n{body}",
                "chunked" =>
                    $"HTTP/1.1 {x.Status} X\r\n{Pick(random, "Transfer-Encoding: chunked", "transfer-encoding:\tChunked ", "Transfer-Encoding: chunked\r\nContent-Length: 3")}\r\n\r\n{chunks}",
                "old" => $"HTTP/1.0 {x.Status} X\r\nConnection: keep-alive\r\n{length}\r\n{body}",
                "linefeeds" => $"HTTP/1.1 {x.Status}\nContent-Length: 00{x.Length}\n\n{body}",
                "last" => $"HTTP/1.0 {x.Status} X\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}",
                _ => $"HTTP/1.1 {x.Status} X\r\nConnection: close, x-z\r\nX-Z: 1\r\n\r\n{body}",
            }
        );
        SendTorn(random, b => c.Send(b.Span), text.ToString());
        return x.Kind is "last" or "close";
    }

    private static string Text(byte[] bytes) => Encoding.Latin1.GetString(bytes);

    [Theory]
    [InlineData("", 0)]
    [InlineData("option http-buffer-request", 0)]
    [InlineData("http-request set-header X-Add a-header-that-moves-the-message-in-its-buffer\n    http-response set-header X-B c", 0)]
    [InlineData("http-response set-status 204", 204)]
    [InlineData("http-after-response set-status 404", 404)]
    [InlineData("option http-drop-request-trailers\n    option http-drop-response-trailers", 0)]
    public void What_is_meant_is_what_is_read(string rules, int status)
    {
        var plans = new ConcurrentDictionary<string, Exchange>();
        var failures = new ConcurrentQueue<string>();
        OriginServer origin = Origin(c =>
        {
            while (c.TryReadHead(out string head))
            {
                string[] start = head.Split(' ');
                if (!plans.TryGetValue(start[1], out Exchange? x))
                {
                    failures.Enqueue($"the server was asked {head}");
                    return;
                }
                string body = ReadBody(head, () => c.ReadUntil("\r\n"), n => Text(c.ReadBytes(n)), null);
                if (start[0] != x.Method || body != x.Body)
                    failures.Enqueue($"{x.Id}: {start[0]} with {body.Length} bytes of body, {x.Method} with {x.Body.Length} were sent");
                if (Answer(c, x))
                    return;
            }
        });
        ProxyProcess proxy = Start(
            Product.Baton,
            Defaults
                + $$"""
                listen l
                    bind 127.0.0.1:${p1}
                    {{rules}}
                    server s 127.0.0.1:{{origin.Port}}
                """
        );
        int answers = 0;
        for (int seed = 1; seed <= Dialogues; seed++)
        {
            try
            {
                answers += Speak(proxy, plans, seed, status);
            }
            catch (Exception e)
            {
                failures.Enqueue($"seed {seed}: {e.Message}");
            }
        }
        Assert.Empty(failures);
        Assert.InRange(answers, Dialogues, 5 * Dialogues);
    }

    private static int Speak(ProxyProcess proxy, ConcurrentDictionary<string, Exchange> plans, int seed, int status)
    {
        var random = new Random(seed);
        List<Exchange> plan = Plan(random, seed);
        foreach (Exchange x in plan)
            plans[x.Target] = x;
        string requests = string.Concat(plan.Select(x => Request(random, x)));
        using RawClient client = RawClient.Tcp(proxy.Port());
        var sender = new Thread(() =>
        {
            // the connection may end before all of them are out
            try
            {
                SendTorn(random, b => client.Send(b.Span), requests);
            }
            catch (System.Net.Sockets.SocketException) { }
            catch (ObjectDisposedException) { }
        });
        sender.Start();
        int answers = 0;
        foreach (Exchange x in plan)
        {
            string head;
            while ((head = client.ReadHead()).StartsWith("HTTP/1.1 1", StringComparison.Ordinal))
                Assert.DoesNotMatch("(?i)\r\n(content-length|transfer-encoding|connection):", head);
            int expected = status == 0 ? x.Status : status;
            Assert.Equal(expected, int.Parse(head.AsSpan(9, 3), CultureInfo.InvariantCulture));
            string body = x.HasNoBody(expected)
                ? ""
                : ReadBody(head, () => client.ReadUntil("\r\n"), n => Text(client.ReadBytes(n)), client.ReadTextToEnd);
            if (!x.HasNoBody(expected))
                Assert.Equal(x.HasNoBody(x.Status) ? "" : x.Answer, body);
            answers++;
            if (
                HttpText.Header(head, "connection") != "close"
                && !(head.StartsWith("HTTP/1.0", StringComparison.Ordinal) && HttpText.Header(head, "connection") is null)
            )
                continue;
            client.ExpectEnd();
            break;
        }
        client.Dispose();
        sender.Join();
        return answers;
    }
}
