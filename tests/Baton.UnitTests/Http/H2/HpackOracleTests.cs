// HPACK beside libnghttp2's: what it encodes we decode, what we encode it decodes, and of any octets both make the same.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Baton.Http.H2.Hpack;
using Baton.Http.Headers;
using Baton.Http.Messages;
using CsCheck;
using Xunit;

namespace Baton.UnitTests.Http.H2;

public sealed class HpackOracleTests
{
    public HpackOracleTests() => Assert.SkipUnless(Nghttp2.IsThere, "there is no libnghttp2");

    private static Gen<T> Pick<T>(params T[] choices) => Gen.Int[0, choices.Length - 1].Select(i => choices[i]);

    private static readonly Gen<string> AnyText = Gen.OneOf(
        Pick("", "a", "GET", "/", "https", "gzip, deflate", "no-cache", "200", "example.test"),
        Gen.Char[(char)0x20, (char)0x7E].Array[0, 50].Select(c => new string(c)),
        Gen.Char[(char)0, (char)0xFF].Array[0, 300].Select(c => new string(c)),
        Gen.Int[100, 5000].Select(n => new string('v', n))
    );
    private static readonly Gen<(string, string)> AnyField = Gen.Select(
        Gen.OneOf(
            Pick(":method", ":path", "!authorization", "accept", "x-a", "x-b", "!x-c", "user-agent", "date"),
            Gen.Char['a', 'z'].Array[1, 30].Select(c => new string(c))
        ),
        AnyText
    );

    private static string Lines(IEnumerable<(string Name, string Value)> fields) =>
        string.Join('\n', fields.Select(f => $"{f.Name}: {f.Value}"));

    /// <summary>Blocks of one connection, the table of another size now and then and moved between blocks.</summary>
    [Fact]
    public void What_it_encodes()
    {
        Gen.Select(AnyField.Array[0, 12], Gen.Int[-8, 6000])
            .Array[1, 20]
            .Sample(
                blocks =>
                {
                    using var library = new Nghttp2();
                    var decoder = new HpackDecoder();
                    foreach (((string, string)[] fields, int size) in blocks)
                    {
                        // a size each time would leave nothing in the table
                        if (size >= 0 && size % 3 == 0)
                        {
                            decoder.SetTableLimit(size);
                            library.DeflateWith(size);
                        }
                        byte[] block = library.Deflate(fields);
                        Assert.Equal(Lines(fields), FieldList.Decode(ref decoder, block));
                        byte[] image = new byte[decoder.ImageSize];
                        decoder.Export(image);
                        decoder.Release();
                        Assert.True(decoder.Import(image));
                    }
                    decoder.Release();
                },
                iter: 400,
                threads: 1
            );
    }

    /// <summary>Any octets, on a connection that has a table.</summary>
    [Fact]
    public void What_it_makes_of_any_octets()
    {
        int decoded = 0,
            refused = 0;
        Gen<byte[]> any = Gen.OneOf(
            Gen.Byte.Array[0, 30],
            Gen.OneOf(
                    Gen.Byte[0x80, 0xC8].Select(b => new[] { b }),
                    Gen.Byte[0x20, 0x2A].Select(b => new[] { b }),
                    Gen.Select(Gen.Byte, Gen.Byte.Array[0, 9], (b, text) => (byte[])[(byte)(b & 0x7F), (byte)text.Length, .. text])
                )
                .Array[0, 6]
                .Select(parts => parts.SelectMany(p => p).ToArray())
        );
        any.Array[1, 4]
            .Sample(
                blocks =>
                {
                    using var library = new Nghttp2();
                    var decoder = new HpackDecoder();
                    byte[] first = library.Deflate([("a", "b"), ("c", "d"), (":path", "/x"), ("cookie", "e=f")]);
                    Assert.Equal(library.Inflate(first), FieldList.Decode(ref decoder, first));
                    foreach (byte[] block in blocks)
                    {
                        // numbers of more octets than anything needs are where the two may differ
                        if (HasLongNumber(block))
                            break;
                        string? expected = library.Inflate(block);
                        Assert.Equal(expected, FieldList.Decode(ref decoder, block));
                        if (expected == null)
                        {
                            refused++;
                            break;
                        }
                        decoded++;
                    }
                    decoder.Release();
                },
                iter: 30_000,
                threads: 1
            );
        Assert.True(decoded > 3000 && refused > 3000, $"{decoded} decoded, {refused} refused");
    }

    private static bool HasLongNumber(byte[] block)
    {
        int run = 0;
        foreach (byte b in block)
        {
            run = b >= 0x80 ? run + 1 : 0;
            if (run >= 4)
                return true;
        }
        return false;
    }

    [Fact]
    public unsafe void What_we_encode()
    {
        Gen.Select(AnyField.Array[0, 12], Pick(100, 200, 204, 206, 304, 302, 400, 404, 500, 999), Gen.Int[-8, 6000])
            .Array[1, 6]
            .Sample(
                blocks =>
                {
                    using var library = new Nghttp2();
                    HpackSendTable table = default;
                    byte[] block = new byte[100_000];
                    foreach (((string, string)[] fields, int status, int size) in blocks)
                    {
                        if (size >= 0 && size % 2 == 0)
                        {
                            library.InflateWith(size);
                            table.SetLimit((uint)size);
                        }
                        int length;
                        fixed (byte* to = block)
                        {
                            int update = table.WriteUpdate(block);
                            var encoder = new HpackEncoder(to + update, block.Length - update);
                            Assert.True(encoder.WriteStatus(status));
                            foreach ((string name, string value) in fields)
                            {
                                byte[] bytes = Encoding.Latin1.GetBytes(name.TrimStart('!').ToUpperInvariant());
                                byte[] text = Encoding.Latin1.GetBytes(value);
                                Assert.True(encoder.WriteField(HeaderNames.Find(bytes), bytes, text, name[0] == '!'));
                            }
                            length = update + encoder.Length;
                        }
                        Assert.Equal(
                            string.Join('\n', fields.Select(f => $"{f.Item1}: {f.Item2}").Prepend($":status: {status}")),
                            library.Inflate(block[..length])
                        );
                    }
                },
                iter: 400,
                threads: 1
            );
    }

    [Theory]
    [InlineData("GET", "https", "/", ":method: GET|:scheme: https|:path: /")]
    [InlineData("POST", "http", "/p?q", ":method: POST|:scheme: http|:path: /p?q")]
    [InlineData("PURGE", "ftp", "*", ":method: PURGE|:scheme: ftp|:path: *")]
    public unsafe void Starts_of_requests(string method, string scheme, string path, string fields)
    {
        using var library = new Nghttp2();
        byte[] block = new byte[200];
        fixed (byte* to = block)
        {
            var encoder = new HpackEncoder(to, block.Length);
            byte[] text = Encoding.ASCII.GetBytes(method);
            encoder.WriteMethod(HttpMethods.Find(text), text);
            encoder.WriteScheme(Encoding.ASCII.GetBytes(scheme));
            encoder.WritePath(Encoding.ASCII.GetBytes(path));
            encoder.WriteAuthority("a.test"u8);
            encoder.WriteProtocol("websocket"u8);
            Assert.Equal(
                fields.Replace('|', '\n') + "\n:authority: a.test\n:protocol: websocket",
                library.Inflate(block[..encoder.Length])
            );
        }
    }
}
