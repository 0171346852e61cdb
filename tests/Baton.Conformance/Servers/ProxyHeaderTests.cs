// The PROXY header in front of a server connection, byte for byte: which version, which addresses, which fields in which
// order; the same on haproxy.
using System;
using System.Globalization;
using System.Net;
using System.Text;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Servers;

public sealed class ProxyHeaderTests : Scenario
{
    private const int FixedPart = 16;

    /// <summary>What comes before the request, ports by name; fields as [type bytes], those of the checksum left out.</summary>
    private string Header(Product product, string rules, string options)
    {
        byte[] bytes = [];
        OriginServer origin = Origin(c =>
        {
            bytes = Encoding.Latin1.GetBytes(c.ReadUntil("GET "));
            c.Send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        });
        ProxyProcess proxy = Start(
            product,
            Defaults
                + $"""
                frontend fe
                    bind 127.0.0.1:$${"{p1}"}
                    unique-id-format id-%[req.hdr(host)]
                    {rules}
                    default_backend be
                backend be
                    server s 127.0.0.1:{origin.Port} {options}
                """.Replace("$$", "$", StringComparison.Ordinal)
        );
        RawClient client = Connect(proxy);
        Assert.Equal(200, client.Get("/", "X-4: 9.8.7.6\r\nX-6: 2001:db8::1\r\nX-Port: 77\r\n").Status);
        string text = Describe(bytes.AsSpan(0, bytes.Length - 4));
        return text.Replace(client.LocalPort.ToString(CultureInfo.InvariantCulture), "C", StringComparison.Ordinal)
            .Replace(proxy.Port().ToString(CultureInfo.InvariantCulture), "F", StringComparison.Ordinal);
    }

    private static string Describe(ReadOnlySpan<byte> header)
    {
        if (header.Length == 0 || header[0] == 'P')
            return Encoding.Latin1.GetString(header).TrimEnd();
        Assert.Equal("\r\n\r\n\0\r\nQUIT\n"u8, header[..12]);
        Assert.Equal(header.Length - FixedPart, header[14] << 8 | header[15]);
        int size = header[13] == 0x11 ? 4 : 16;
        ReadOnlySpan<byte> rest = header[FixedPart..],
            ports = rest[(2 * size)..];
        var text = new StringBuilder(
            $"{header[12]:x2}{header[13]:x2} {new IPAddress(rest[..size])} {new IPAddress(rest[size..(2 * size)])} {ports[0] << 8 | ports[1]} {ports[2] << 8 | ports[3]}"
        );
        for (rest = ports[4..]; rest.Length > 0; )
        {
            int length = rest[1] << 8 | rest[2];
            text.Append(
                CultureInfo.InvariantCulture,
                $" [{rest[0]:x2} {(rest[0] == 3 ? "" : rest[0] == 0x20 ? Convert.ToHexString(rest.Slice(3, length)) : Encoding.Latin1.GetString(rest.Slice(3, length)))}]"
            );
            rest = rest[(3 + length)..];
        }
        return text.ToString();
    }

    [Theory]
    [InlineData("http-request set-src hdr(x-4)", "TCP4 9.8.7.6 127.0.0.1 C F")]
    [InlineData("http-request set-src hdr(x-6)", "TCP6 2001:db8::1 ::ffff:127.0.0.1 C F")]
    [InlineData("http-request set-src-port hdr(x-port)", "TCP4 127.0.0.1 127.0.0.1 77 F")]
    [InlineData("http-request set-src-port hdr(x-port)\n    http-request set-src hdr(x-4)", "TCP4 9.8.7.6 127.0.0.1 77 F")]
    [InlineData("http-request set-dst hdr(x-6)", "TCP6 ::ffff:127.0.0.1 2001:db8::1 C F")]
    [InlineData("http-request set-dst hdr(x-4)\n    http-request set-dst-port hdr(x-port)", "TCP4 127.0.0.1 9.8.7.6 C 77")]
    [InlineData("http-request set-src hdr(none)", "TCP4 127.0.0.1 127.0.0.1 C F")]
    [InlineData("tcp-request connection set-src str(4.4.4.4)", "TCP4 4.4.4.4 127.0.0.1 C F")]
    [InlineData("tcp-request session set-src src,ipmask(8)", "TCP4 127.0.0.0 127.0.0.1 C F")]
    [InlineData("tcp-request content set-src str(::4)", "TCP6 ::4 ::ffff:127.0.0.1 C F")]
    public void Addresses_that_rules_set_are_told_to_the_server(string rules, string expected)
    {
        foreach (Product product in (Product[])[Product.Baton, Product.Haproxy])
        {
            Assert.Equal("PROXY " + expected, Header(product, rules, "send-proxy"));
            string family = expected.StartsWith("TCP4", StringComparison.Ordinal) ? "2111" : "2121";
            Assert.Equal(family + expected[4..], Header(product, rules, "send-proxy-v2"));
        }
    }

    private const string V1 = "PROXY TCP4 127.0.0.1 127.0.0.1 C F",
        V2 = "2111 127.0.0.1 127.0.0.1 C F",
        Tls = V2 + " [20 0000000000]";

    [Theory]
    [InlineData("send-proxy-v2 proxy-v2-options crc32c", V2 + " [03 ]")]
    [InlineData("send-proxy-v2 proxy-v2-options unique-id,crc32c", V2 + " [03 ] [05 id-example.test]")]
    [InlineData("send-proxy-v2 proxy-v2-options authority,crc32c,unique-id", V2 + " [03 ] [05 id-example.test]")]
    [InlineData("send-proxy-v2 proxy-v2-options ssl,unique-id,crc32c", V2 + " [03 ] [05 id-example.test] [20 0000000000]")]
    [InlineData("send-proxy-v2 proxy-v2-options cert-cn", Tls)]
    [InlineData("send-proxy-v2 proxy-v2-options cert-key", Tls)]
    [InlineData("send-proxy-v2 proxy-v2-options cert-sig", Tls)]
    [InlineData("send-proxy-v2 proxy-v2-options ssl-cipher", Tls)]
    [InlineData("send-proxy-v2-ssl", Tls)]
    [InlineData("send-proxy-v2-ssl-cn", Tls)]
    [InlineData("send-proxy-v2-ssl no-send-proxy-v2-ssl", "")]
    [InlineData("send-proxy-v2-ssl no-send-proxy-v2", V1)]
    [InlineData("send-proxy-v2-ssl-cn no-send-proxy-v2-ssl-cn", "")]
    [InlineData("send-proxy-v2-ssl-cn no-send-proxy-v2-ssl", V1)]
    [InlineData("send-proxy-v2 send-proxy", V2)]
    [InlineData("send-proxy-v2 no-send-proxy", V2)]
    [InlineData("send-proxy no-send-proxy-v2", V1)]
    [InlineData("send-proxy send-proxy-v2 no-send-proxy-v2", V1)]
    [InlineData("proxy-v2-options crc32c", V1)]
    [InlineData("proxy-v2-options ssl no-send-proxy-v2-ssl", "")]
    public void Options_of_the_header_add_up(string options, string expected)
    {
        foreach (Product product in (Product[])[Product.Baton, Product.Haproxy])
            Assert.Equal(expected, Header(product, "", options));
    }
}
