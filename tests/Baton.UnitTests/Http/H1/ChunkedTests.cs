// Chunked framing: what is valid, where it ends, and that torn input and decoding agree with whole input.
using System;
using System.Linq;
using System.Text;
using Baton.Http.H1;
using CsCheck;
using Xunit;

namespace Baton.UnitTests.Http.H1;

public sealed class ChunkedTests
{
    [Theory]
    [InlineData("3\r\nabc\r\n0\r\n\r\n", 3)]
    [InlineData("03\r\nabc\r\n000\r\n\r\n", 3)]
    [InlineData("a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n", 20)]
    [InlineData("3;a=b\r\nabc\r\n0;x\r\n\r\n", 3)]
    [InlineData("3 ;a=\"\xFF\"\r\nabc\r\n0\r\n\r\n", 3)]
    [InlineData("3 \t\r\nabc\r\n0\r\n\r\n", 3)]
    [InlineData("0000000000000000000000003\r\nabc\r\n0\r\n\r\n", 3)]
    [InlineData("0\r\nX: y\r\nZ:\r\n\r\n", 0)]
    public void Accepts(string text, int payload)
    {
        var scanner = default(ChunkedScanner);
        Assert.Equal(ChunkStatus.Done, scanner.Advance(NativeBytes.Latin1(text + "GET /"), out int consumed));
        Assert.Equal(text.Length, consumed);
        Assert.Equal(payload, scanner.PayloadBytes);
        Assert.True(scanner.IsDone);
    }

    [Theory]
    [InlineData("\r\n")]
    [InlineData(" 3\r\n")]
    [InlineData("0x3\r\n")]
    [InlineData("-3\r\n")]
    [InlineData("+3\r\n")]
    [InlineData("G\r\n")]
    [InlineData(";a\r\n")]
    [InlineData("3 3\r\n")]
    [InlineData("3\nabc")]
    [InlineData("3;a\nabc")]
    [InlineData("3\rabc")]
    [InlineData("3;a=\x01\r\n")]
    [InlineData("3;a=\0\r\n")]
    [InlineData("3;a\r\r\n")]
    [InlineData("3\r\nabc\n0")]
    [InlineData("3\r\nabcd\r\n")]
    [InlineData("3\r\nabc0\r\n")]
    [InlineData("80000000\r\n")]
    [InlineData("ffffffff\r\n")]
    [InlineData("100000005\r\n")]
    [InlineData("0000000080000000\r\n")]
    [InlineData("1000000000000000\r\n")]
    [InlineData("10000000000000005\r\n")]
    [InlineData("fffffffffffffffff\r\n")]
    [InlineData("0\r\n\n")]
    [InlineData("0\n")]
    [InlineData("0\r\nX y\r\n\r\n")]
    [InlineData("0\r\nX : y\r\n\r\n")]
    [InlineData("0\r\n: y\r\n\r\n")]
    [InlineData("0\r\nX: y\n\r\n")]
    [InlineData("0\r\nX: y\r\n z\r\n\r\n")]
    [InlineData("0\r\nX: y\0\r\n\r\n")]
    [InlineData("0\r\nContent-Length: 5\r\n\r\n")]
    [InlineData("0\r\nA: b\r\ntransfer-encoding: chunked\r\n\r\n")]
    [InlineData("0\r\nHOST: b\r\n\r\n")]
    public void Refuses(string text)
    {
        byte[] bytes = NativeBytes.Latin1(text);
        var scanner = default(ChunkedScanner);
        Assert.Equal(ChunkStatus.Bad, scanner.Advance(bytes, out int consumed));
        Assert.InRange(consumed, 0, bytes.Length - 1);
        Assert.Equal(ChunkStatus.Bad, scanner.Advance("0\r\n\r\n"u8, out consumed));
        Assert.Equal(0, consumed);
    }

    [Fact]
    public void BoundsLinesAndTrailers()
    {
        var scanner = default(ChunkedScanner);
        Assert.Equal(ChunkStatus.Bad, scanner.Advance(NativeBytes.Latin1("1;" + new string('a', ChunkedScanner.MaxLineLength)), out _));
        scanner = default;
        Assert.Equal(
            ChunkStatus.Bad,
            scanner.Advance(NativeBytes.Latin1("0\r\n" + string.Concat(Enumerable.Repeat("X: y\r\n", 2000))), out _)
        );
        scanner = default;
        Assert.Equal(ChunkStatus.Bad, scanner.Advance(NativeBytes.Latin1(new string('0', ChunkedScanner.MaxLineLength + 1)), out _));
    }

    [Fact]
    public void PayloadMayBeSkipped()
    {
        var scanner = default(ChunkedScanner);
        Assert.Equal(ChunkStatus.NeedMore, scanner.Advance("7fffffff\r\na"u8, out _));
        Assert.Equal(0x7FFFFFFE, scanner.ChunkRemaining);
        scanner.SkipPayload(scanner.ChunkRemaining);
        Assert.Equal(ChunkStatus.Done, scanner.Advance("\r\n0\r\n\r\n"u8, out _));
        Assert.Equal(0x7FFFFFFF, scanner.PayloadBytes);
    }

    /// <summary>Whatever a piece of the input ends with: between what is skipped lies the payload, and behind the last chunk the
    /// trailers.</summary>
    [Fact]
    public void FramingMayBeSkipped()
    {
        byte[] bytes = NativeBytes.Latin1("5\r\nhello\r\n1;a=b\r\n!\r\n0\r\nA: b\r\n\r\n");
        for (int step = 1; step <= bytes.Length; step++)
        {
            var scanner = default(ChunkedScanner);
            var payload = new StringBuilder();
            int at = 0;
            for (int end = step; !scanner.IsInTrailers; end = Math.Min(end + step, bytes.Length))
                while (at < end && !scanner.IsInTrailers)
                {
                    scanner.SkipFraming(bytes.AsSpan(0, end), ref at);
                    int length = (int)Math.Min(scanner.ChunkRemaining, end - at);
                    payload.Append(Encoding.Latin1.GetString(bytes, at, length));
                    scanner.SkipPayload(length);
                    at += length;
                }
            Assert.Equal("hello!", payload.ToString());
            Assert.Equal("A: b\r\n\r\n", Encoding.Latin1.GetString(bytes.AsSpan(at)));
        }
    }

    [Fact]
    public void TornInputAndDecodingAgree()
    {
        Gen<string> chunk = Gen.Select(Gen.Int[1, 40], Gen.Int[0, 3], (n, kind) => n.ToString(kind == 0 ? "X" : "x")
            + (
                kind == 1 ? ";ext=1"
                : kind == 2 ? " "
                : ""
            )
            + "\r\n"
            + new string('d', n)
            + "\r\n");
        Gen<string> noise = Gen.Int[0, 9].Select(i => new[] { "", "", "", "", "\r\n", "x", "\n", "3\r\n", "\0", ";" }[i]);
        Gen<string> body = Gen.Select(chunk.Array[0, 6], noise, Gen.Bool, (chunks, bad, trailer) =>
            string.Concat(chunks) + bad + "0\r\n" + (trailer ? "A: b\r\n" : "") + "\r\nnext"
        );
        Gen.Select(body, Gen.Int[1, 30])
            .Sample(
                (text, step) =>
                {
                    byte[] bytes = NativeBytes.Latin1(text);
                    var whole = default(ChunkedScanner);
                    ChunkStatus status = whole.Advance(bytes, out int end);
                    var plain = new StringBuilder();
                    var torn = default(ChunkedScanner);
                    ChunkStatus tornStatus = ChunkStatus.NeedMore;
                    int at = 0;
                    while (at < bytes.Length && tornStatus == ChunkStatus.NeedMore)
                    {
                        byte[] piece = bytes[at..Math.Min(bytes.Length, at + step)];
                        tornStatus = ChunkedDecoder.DecodeInPlace(ref torn, piece, out int consumed, out int written);
                        plain.Append(Encoding.Latin1.GetString(piece, 0, written));
                        at += consumed;
                        Assert.True(consumed == piece.Length || tornStatus != ChunkStatus.NeedMore);
                    }
                    Assert.Equal((status, end, whole.PayloadBytes), (tornStatus, at, torn.PayloadBytes));
                    Assert.Equal(plain.Length, whole.PayloadBytes);
                    if (status == ChunkStatus.Done)
                    {
                        Assert.Equal("next", text[end..]);
                        Assert.True(plain.ToString().All(c => c == 'd'));
                    }
                },
                iter: 20_000,
                threads: 1
            );
    }

    /// <summary>What goes on of a body, however it arrives, is what the oracle says, with trailers and without.</summary>
    [Fact]
    public void WhatGoesOnIsPlain()
    {
        Gen<string> zeros = Gen.Int[0, 12].Select(n => new string('0', n)),
            blanks = Gen.Int[0, 5].Select(i => new[] { "", "", "", " ", "\t ", "  " }[i]);
        Gen<string> extension = Gen.Int[0, 5].Select(i => new[] { "", "", "", ";", ";a=b", "; a=\"\xFF" }[i]);
        Gen<string> chunk = Gen.Select(Gen.Int[1, 300], zeros, blanks, extension, (n, z, b, e) =>
            z + n.ToString("x") + b + e + "\r\n" + new string('d', n) + "\r\n"
        );
        Gen<string> last = Gen.Select(zeros, blanks, extension, Gen.Int[0, 3], Gen.Int[0, 6], (z, b, e, n, bad) =>
            "0"
            + z
            + b
            + e
            + "\r\n"
            + string.Concat(Enumerable.Repeat("Contents: value\r\n", n))
            + new[] { "", "", "", "", "Host: a\r\n", "Na\0me", ": x\r\n" }[bad]
            + "\r\n"
        );
        Gen.Select(chunk.Array[0, 3], last, Gen.Int[1, 60], Gen.Bool)
            .Sample(
                (chunks, end, step, withoutTrailers) =>
                {
                    string text = string.Concat(chunks) + end + "next";
                    OracleChunks oracle = OracleChunks.Read(text);
                    byte[] bytes = NativeBytes.Latin1(text);
                    var scanner = default(ChunkedScanner);
                    var kept = new StringBuilder();
                    ChunkStatus status = ChunkStatus.NeedMore;
                    int at = 0;
                    while (at < bytes.Length && status == ChunkStatus.NeedMore)
                    {
                        byte[] piece = bytes[at..Math.Min(bytes.Length, at + step)];
                        status = scanner.Rewrite(piece, withoutTrailers, out int stay, out int gone);
                        kept.Append(Encoding.Latin1.GetString(piece, 0, stay));
                        at += stay + gone;
                    }
                    Assert.Equal(oracle.Status, status);
                    if (status == ChunkStatus.Bad)
                        return;
                    Assert.Equal(oracle.End, at);
                    Assert.Equal(withoutTrailers ? oracle.PlainWithoutTrailers : oracle.Plain, OracleChunks.DropZero(kept.ToString()));
                    Assert.Equal(oracle.Payload.Length, scanner.PayloadBytes);
                },
                iter: 10_000,
                threads: 1
            );
    }

    [Theory]
    [InlineData(0, "0\r\n")]
    [InlineData(15, "f\r\n")]
    [InlineData(16384, "4000\r\n")]
    [InlineData(int.MaxValue, "7fffffff\r\n")]
    public void WritesSizes(int size, string expected)
    {
        byte[] to = new byte[ChunkedDecoder.MaxSizeLine];
        Assert.Equal(expected, Encoding.ASCII.GetString(to, 0, ChunkedDecoder.WriteSize(to, size)));
        Assert.Equal(0, ChunkedDecoder.WriteSize(to.AsSpan(0, expected.Length - 1), size));
    }
}
