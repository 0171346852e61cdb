// HTTP/1 text to head to pairs to head to HTTP/1 text is the same message: a head carries all of it, and nothing of the form.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using Baton.Http.H1;
using Baton.Http.Messages;
using Baton.UnitTests.Http.H1;
using CsCheck;
using Xunit;

namespace Baton.UnitTests.Http.Messages;

public sealed unsafe class PairFormTests
{
    private const int Room = 2000;
    private static readonly string[] OfOneConnection =
    [
        "connection",
        "keep-alive",
        "proxy-connection",
        "upgrade",
        "http2-settings",
        "transfer-encoding",
        "host",
        "te",
    ];
    private static readonly Gen<string> Fields = Pick(
        "Host: a\r\n",
        "hOST: a:80\r\n",
        "Host: [::1]:443\r\n",
        "Host:\r\n",
        "Content-Length: 5\r\n",
        "content-length: 0\r\n",
        "Content-Length: 007\r\n",
        "Content-Length: 5, 5\r\n",
        "Transfer-Encoding: chunked\r\n",
        "transfer-ENCODING: \t Chunked\t\r\n",
        "Connection: close\r\n",
        "Connection: Keep-Alive, upgrade\r\n",
        "Upgrade: websocket\r\n",
        "Keep-Alive: timeout=5\r\n",
        "TE: trailers, gzip\r\n",
        "te: gzip\r\n",
        "Cookie: a=b; c=d\r\n",
        "X-Forwarded-For: 1.2.3.4 \r\n",
        "x|odd!name-beyond-sixteen: \x80\tb\r\n",
        "X:\r\n",
        "Expect: 100-continue\r\n"
    )
        .Array[0, 5]
        .Select(string.Concat);
    private static readonly Gen<string> Requests = Gen.Select(
        Pick("GET", "POST", "HEAD", "CONNECT", "OPTIONS", "FOO"),
        Pick("/", "/p?q", "/?", "a:80", "*", "http://a", "https://a:443/?x", "ftp://a/b"),
        Pick("1.1", "1.0"),
        Fields,
        (m, t, v, f) => $"{m} {t} HTTP/{v}\r\n{f}\r\n"
    );
    private static readonly Gen<string> Responses = Gen.Select(
        Pick("1.1", "1.0"),
        Pick("200 OK", "204 No", "304", "103 Early", "999 \x80", "404 Gone fishing"),
        Fields,
        (v, s, f) => $"HTTP/{v} {s}\r\n{f}\r\n"
    );

    private static Gen<T> Pick<T>(params T[] choices) => Gen.Int[0, choices.Length - 1].Select(i => choices[i]);

    [Fact]
    public void A_request_is_the_same_message_in_either_form()
    {
        int complete = 0;
        Requests.Sample(text => complete += Check(text, response: false, HttpMethod.Other), iter: 20_000, threads: 1);
        Assert.True(complete > 2000, $"{complete} were requests");
    }

    [Fact]
    public void A_response_is_the_same_message_in_either_form()
    {
        int complete = 0;
        Gen.Select(Responses, Pick(HttpMethod.Get, HttpMethod.Head, HttpMethod.Connect))
            .Sample((text, method) => complete += Check(text, response: true, method), iter: 20_000, threads: 1);
        Assert.True(complete > 2000, $"{complete} were responses");
    }

    private static int Check(string text, bool response, HttpMethod method)
    {
        OracleHead before = response ? OracleHead.Response(text, method) : OracleHead.Request(text);
        using var bytes = new NativeBytes(NativeBytes.Latin1(text));
        using var arena = new NativeBytes(Room);
        using var spare = new NativeBytes(Room);
        var head = new MessageHead();
        var parser = new HeadParser(head);
        head.SetArena(arena.Pointer, spare.Pointer, Room);
        ParseStatus status = response
            ? parser.ParseResponse(bytes.Pointer, bytes.Length, method, default)
            : parser.ParseRequest(bytes.Pointer, bytes.Length, default);
        Assert.Equal(before.Status, status);
        if (status != ParseStatus.Complete)
            return 0;
        HopByHop.Remove(head, keepsUpgrade: false);
        byte[] pairs = PairForm.Write(head, "https"u8);

        using var otherArena = new NativeBytes(Room);
        using var otherSpare = new NativeBytes(Room);
        var other = new MessageHead();
        other.SetArena(otherArena.Pointer, otherSpare.Pointer, Room);
        bool hasBody = head.Body != BodyKind.None;
        Assert.Equal(ParseStatus.Complete, PairForm.Read(pairs, other, response, method, hasBody));
        Assert.Equal(2, other.MajorVersion);
        Assert.Equal(0, other.HeadLength);
        // but for cookies, which are one field outside of frames
        if (Regex.Count(text, "(?i)^cookie:", RegexOptions.Multiline) < 2)
            Assert.Equal(pairs, PairForm.Write(other, "https"u8));
        Assert.True(HeadWriter.RestoreFraming(other));
        byte[] written = new byte[HeadWriter.Length(other)];
        Assert.Equal(written.Length, HeadWriter.Write(other, written));
        string again = Encoding.Latin1.GetString(written);
        OracleHead after = response ? OracleHead.Response(again, method) : OracleHead.Request(again);
        Assert.Equal(ParseStatus.Complete, after.Status);
        Assert.Equal(Meaning(before, response), Meaning(after, response));
        return 1;
    }

    /// <summary>All that both forms can say: what is asked of whom, the fields that are not of one connection, the body.</summary>
    private static string Meaning(OracleHead head, bool response)
    {
        string start = response ? head.Start[..3] : Start(head);
        var all = head.Fields.Select(f => (Name: f.Name.ToLowerInvariant(), f.Value)).ToList();
        int cookie = all.FindIndex(f => f.Name == "cookie");
        if (!response && cookie >= 0)
        {
            all[cookie] = ("cookie", string.Join("; ", all.Where(f => f.Name == "cookie").Select(f => f.Value)));
            for (int i = all.Count - 1; i > cookie; i--)
                if (all[i].Name == "cookie")
                    all.RemoveAt(i);
        }
        IEnumerable<string> fields = all.Where(f => !OfOneConnection.Contains(f.Name)).Select(f => f.Name + ": " + f.Value);
        bool trailers = head.Fields.Any(f =>
            f.Name.Equals("te", StringComparison.OrdinalIgnoreCase) && f.Value.Contains("trailers", StringComparison.Ordinal)
        );
        // of a body without a length only that it has an end
        BodyKind body = head.Body == BodyKind.UntilClose ? BodyKind.Chunked : head.Body;
        return $"{start}\n{string.Join('\n', fields)}\n{trailers} {body} {head.ContentLength}";
    }

    private static string Start(OracleHead head)
    {
        string[] words = head.Start.Split(' ');
        string host = head.Fields.FirstOrDefault(f => f.Name.Equals("host", StringComparison.OrdinalIgnoreCase)).Value ?? "";
        Match absolute = Regex.Match(words[1], @"\A[a-z]+://([^/]+)(.*)\z");
        return words[0] == "CONNECT" ? $"CONNECT {words[1]}"
            : absolute.Success
                ? $"{words[0]} {absolute.Groups[1].Value} {(absolute.Groups[2].Value is "" ? "/" : absolute.Groups[2].Value)}"
            : $"{words[0]} {host} {words[1]}";
    }
}
