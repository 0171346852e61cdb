// PROXY protocol headers: what is accepted, every prefix of it, and that what is written reads back.
using System;
using System.Net;
using System.Text;
using Baton.Http.ProxyProtocol;
using CsCheck;
using Xunit;

namespace Baton.UnitTests.Http.ProxyProtocol;

public sealed class ProxyProtocolTests
{
    private static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    private static readonly string Signature = "\r\n\r\n\0\r\nQUIT\n";

    // Every proper prefix must be Incomplete, or Bad in the same way as the whole.
    private static ProxyParseStatus Parse(byte[] data, out ProxyHeader header, out int length)
    {
        ProxyParseStatus whole = ProxyHeaderParser.Parse(data, out header, out length);
        int end = whole == ProxyParseStatus.Complete ? length : data.Length;
        bool bad = false;
        for (int i = 0; i < end; i++)
        {
            ProxyParseStatus part = ProxyHeaderParser.Parse(data.AsSpan(0, i), out _, out _);
            Assert.True(
                part == ProxyParseStatus.Incomplete || (part == ProxyParseStatus.Bad && whole == ProxyParseStatus.Bad),
                $"{part} at {i}, {whole} in the end"
            );
            Assert.False(bad && part != ProxyParseStatus.Bad);
            bad = part == ProxyParseStatus.Bad;
        }
        return whole;
    }

    [Theory]
    [InlineData("PROXY TCP4 192.168.0.1 10.0.0.255 56324 443\r\n", "192.168.0.1", "10.0.0.255", 56324, 443)]
    [InlineData("PROXY TCP4 0.0.0.0 255.255.255.255 0 65535\r\n", "0.0.0.0", "255.255.255.255", 0, 65535)]
    [InlineData("PROXY TCP6 2001:db8::1 ::ffff:1.2.3.4 1 2\r\n", "2001:db8::1", "::ffff:1.2.3.4", 1, 2)]
    [InlineData(
        "PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff :: 65535 65535\r\n",
        "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        "::",
        65535,
        65535
    )]
    public void ReadsVersion1(string text, string source, string destination, int sourcePort, int destinationPort)
    {
        Assert.Equal(ProxyParseStatus.Complete, Parse(Bytes(text + "GET"), out ProxyHeader header, out int length));
        Assert.Equal(text.Length, length);
        Assert.Equal(IPAddress.Parse(source), new IPAddress(header.Source));
        Assert.Equal(IPAddress.Parse(destination), new IPAddress(header.Destination));
        Assert.Equal((sourcePort, destinationPort, false), (header.SourcePort, header.DestinationPort, header.IsLocal));
        byte[] to = new byte[ProxyHeaderParser.MaxV1Length];
        Assert.Equal(text, Encoding.ASCII.GetString(to, 0, ProxyHeaderWriter.WriteV1(to, header)));
        Assert.Equal(0, ProxyHeaderWriter.WriteV1(to.AsSpan(1), header));
    }

    [Theory]
    [InlineData("PROXY UNKNOWN\r\n")]
    [InlineData("PROXY UNKNOWN ffff:f... anything 65535\r\n")]
    public void UnknownIsLocal(string text)
    {
        Assert.Equal(ProxyParseStatus.Complete, Parse(Bytes(text), out ProxyHeader header, out int length));
        Assert.Equal((text.Length, true, ProxyFamily.Unspecified), (length, header.IsLocal, header.Family));
        byte[] to = new byte[ProxyHeaderParser.MaxV1Length];
        Assert.Equal("PROXY UNKNOWN\r\n", Encoding.ASCII.GetString(to, 0, ProxyHeaderWriter.WriteV1(to, header)));
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n")]
    [InlineData("PROXX")]
    [InlineData("PROXY \r\n")]
    [InlineData("PROXY\r\n")]
    [InlineData("PROXY TCP5 1.2.3.4 1.2.3.4 1 2\r\n")]
    [InlineData("PROXY  TCP4 1.2.3.4 1.2.3.4 1 2\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 1.2.3.4 1\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 1.2.3.4 1 2 3\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 1.2.3.4 1 2 \r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 1.2.3.256 1 2\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 1.2.3.04 1 2\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 1.2.3 1 2\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 1.2.3.4.5 1 2\r\n")]
    [InlineData("PROXY TCP4 ::1 ::1 1 2\r\n")]
    [InlineData("PROXY TCP6 1::2::3 ::1 1 2\r\n")]
    [InlineData("PROXY TCP6 1:2:3:4:5:6:7:8:9 ::1 1 2\r\n")]
    [InlineData("PROXY TCP6 1:2:3:4:5:6:7:8:: ::1 1 2\r\n")]
    [InlineData("PROXY TCP6 12345:: ::1 1 2\r\n")]
    [InlineData("PROXY TCP6 1: ::1 1 2\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 1.2.3.4 65536 2\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 1.2.3.4 01 2\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 1.2.3.4 -1 2\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 1.2.3.4 1 2\rX")]
    [InlineData(
        "PROXY UNKNOWN aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n"
    )]
    public void RefusesVersion1(string text) => Assert.Equal(ProxyParseStatus.Bad, Parse(Bytes(text), out _, out _));

    [Theory]
    [InlineData("\x11\x11\0\x0c", "1234abcd\0\x50\x01\xbb")]
    [InlineData("\x21\x11\0\x0b", "1234abcd\0\x50\x01")]
    [InlineData("\x22\x11\0\x0c", "1234abcd\0\x50\x01\xbb")]
    [InlineData("\x21\x21\0\x0c", "1234abcd\0\x50\x01\xbb")]
    [InlineData("\x21\x11\0\x0e", "1234abcd\0\x50\x01\xbb\x04\0")]
    [InlineData("\x21\x11\0\x0f", "1234abcd\0\x50\x01\xbb\x04\0\x01")]
    [InlineData("\x21\x11\0\x13", "1234abcd\0\x50\x01\xbb\x03\0\x04\0\0\0\0")]
    public void RefusesVersion2(string prefix, string body) =>
        Assert.Equal(ProxyParseStatus.Bad, Parse(Bytes(Signature + prefix + body), out _, out _));

    [Fact]
    public void ReadsVersion2()
    {
        Assert.Equal(
            ProxyParseStatus.Complete,
            Parse(Bytes(Signature + "\x20\0\0\x03" + "\xFF\xFF\xFF" + "x"), out ProxyHeader header, out int length)
        );
        Assert.Equal((19, true, 0), (length, header.IsLocal, header.TlvLength));
        Assert.Equal(ProxyParseStatus.Complete, Parse(Bytes(Signature + "\x21\0\0\0"), out header, out length));
        Assert.Equal((16, false, ProxyFamily.Unspecified), (length, header.IsLocal, header.Family));
        Assert.Equal(ProxyParseStatus.Complete, Parse(Bytes(Signature + "\x21\x31\0\xd8" + new string('p', 216)), out header, out _));
        Assert.Equal(ProxyFamily.Unix, header.Family);
        Assert.Equal(0, header.Source.Length);
        Assert.Equal(
            ProxyParseStatus.Complete,
            Parse(Bytes(Signature + "\x21\x12\0\x0c" + "\x01\x02\x03\x04\x05\x06\x07\x08\x01\0\0\x50"), out header, out _)
        );
        Assert.True(header.IsDatagram);
        Assert.Equal(("1.2.3.4", 256, 80), (new IPAddress(header.Source).ToString(), header.SourcePort, header.DestinationPort));
        Assert.Equal(ProxyParseStatus.Incomplete, ProxyHeaderParser.Parse(Bytes(Signature + "\x21\x11\x01\0"), out _, out length));
        Assert.Equal(272, length);
    }

    [Fact]
    public void WrittenHeadersReadBack()
    {
        Gen.Select(Gen.Byte.Array[16], Gen.Byte.Array[16], Gen.UShort, Gen.UShort, Gen.Int[0, 3], Gen.Byte.Array[0, 40], Gen.Bool)
            .Sample(
                (source, destination, sourcePort, destinationPort, kind, value, crc) =>
                {
                    var header = new ProxyHeader();
                    header.SetAddresses(
                        kind is 0 or 1 ? source.AsSpan(0, 4) : source,
                        sourcePort,
                        kind is 0 or 2 ? destination.AsSpan(0, 4) : destination,
                        destinationPort
                    );
                    byte[] buffer = new byte[300];
                    var writer = new ProxyHeaderWriter(buffer, header);
                    if (crc)
                        writer.AddCrc32C();
                    writer.AddTlv(ProxyTlvType.UniqueId, value);
                    writer.BeginSsl(1, 0);
                    writer.AddTlv(ProxyTlvType.SslVersion, "TLSv1.3"u8);
                    writer.EndSsl();
                    int length = writer.Finish();
                    Assert.True(length > 0);
                    byte[] written = buffer[..length];
                    Assert.Equal(ProxyParseStatus.Complete, Parse(written, out ProxyHeader read, out int readLength));
                    Assert.Equal(length, readLength);
                    Assert.True(read.Source.SequenceEqual(header.Source) && read.Destination.SequenceEqual(header.Destination));
                    Assert.Equal((sourcePort, destinationPort, header.Family), (read.SourcePort, read.DestinationPort, read.Family));
                    Assert.Equal(kind == 0 ? ProxyFamily.IPv4 : ProxyFamily.IPv6, read.Family);
                    Assert.True(
                        read.TryGetTlv(written, ProxyTlvType.UniqueId, out ReadOnlySpan<byte> unique) && unique.SequenceEqual(value)
                    );
                    Assert.True(read.TryGetTlv(written, ProxyTlvType.Ssl, out ReadOnlySpan<byte> ssl) && ssl.Length == 15);
                    Assert.True(
                        ProxyHeader.TryFind(ssl[5..], ProxyTlvType.SslVersion, out ReadOnlySpan<byte> version)
                            && version.SequenceEqual("TLSv1.3"u8)
                    );
                    Assert.Equal(crc, read.TryGetTlv(written, ProxyTlvType.Crc32C, out _));
                    if (crc)
                    {
                        written[20] ^= 1;
                        Assert.Equal(ProxyParseStatus.Bad, ProxyHeaderParser.Parse(written, out _, out _));
                    }
                    var small = new ProxyHeaderWriter(buffer.AsSpan(0, length - 1), header);
                    if (crc)
                        small.AddCrc32C();
                    small.AddTlv(ProxyTlvType.UniqueId, value);
                    small.BeginSsl(1, 0);
                    small.AddTlv(ProxyTlvType.SslVersion, "TLSv1.3"u8);
                    small.EndSsl();
                    Assert.Equal(0, small.Finish());
                },
                iter: 3000,
                threads: 1
            );
    }

    [Fact]
    public void AddressTextAgreesWithTheRuntime()
    {
        Gen.Select(Gen.Byte.Array[16], Gen.Int[0, 16], Gen.Int[0, 16])
            .Sample(
                (address, from, count) =>
                {
                    address.AsSpan(from, Math.Min(count, 16 - from)).Clear();
                    byte[] text = new byte[AddressText.MaxLength];
                    string formatted = Encoding.ASCII.GetString(text, 0, AddressText.Format(address, text));
                    Assert.Equal(new IPAddress(address), IPAddress.Parse(formatted));
                    byte[] parsed = new byte[16];
                    Assert.True(AddressText.TryParseIPv6(Encoding.ASCII.GetBytes(new IPAddress(address).ToString()), parsed));
                    Assert.Equal(address, parsed);
                    Assert.True(AddressText.TryParseIPv6(Encoding.ASCII.GetBytes(formatted), parsed));
                    Assert.Equal(address, parsed);
                },
                iter: 5000,
                threads: 1
            );
    }

    [Fact]
    public void RandomBytesNeverThrow()
    {
        Gen.Select(Gen.Bool, Gen.Byte.Array[0, 60])
            .Sample(
                (signed, tail) =>
                    Parse(
                        signed
                            ? [.. Bytes(Signature), 0x21, 0x11, 0, (byte)Math.Max(0, tail.Length - 1), .. tail]
                            : [.. Bytes("PROXY TCP4 "), .. tail],
                        out _,
                        out _
                    ),
                iter: 5000,
                threads: 1
            );
    }
}
