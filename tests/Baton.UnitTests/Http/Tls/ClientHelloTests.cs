// Greetings of a real TLS client and hand-made ones, whole and torn at every byte.
using System;
using System.Collections.Generic;
using System.IO;
using System.Net.Security;
using System.Security.Authentication;
using System.Text;
using Baton.Http.Tls;
using CsCheck;
using Xunit;

namespace Baton.UnitTests.Http.Tls;

public sealed class ClientHelloTests
{
    /// <summary>Takes what a client writes first and then says nothing.</summary>
    private sealed class Recorder : MemoryStream
    {
        public override int Read(byte[] buffer, int offset, int count) => 0;

        public override int Read(Span<byte> buffer) => 0;
    }

    private static byte[] Greeting(string name, SslProtocols protocols, params string[] alpn)
    {
        using var record = new Recorder();
        using var client = new SslStream(record, leaveInnerStreamOpen: true);
        var options = new SslClientAuthenticationOptions { TargetHost = name, EnabledSslProtocols = protocols };
        if (alpn.Length > 0)
            options.ApplicationProtocols = new List<SslApplicationProtocol>(Array.ConvertAll(alpn, a => new SslApplicationProtocol(a)));
        Assert.ThrowsAny<Exception>(() => client.AuthenticateAsClient(options));
        return record.ToArray();
    }

    [Theory]
    [InlineData("www.example.com", SslProtocols.Tls12)]
    [InlineData("a.b.example.org", SslProtocols.Tls13)]
    public void A_real_client_is_understood(string name, SslProtocols protocols)
    {
        byte[] greeting = Greeting(name, protocols, "h2", "http/1.1");
        Assert.Equal(HelloStatus.Complete, ClientHello.Parse(greeting, out ClientHello hello));
        Assert.True(hello.TryGetServerName(out ReadOnlySpan<byte> found));
        Assert.Equal(name, Encoding.ASCII.GetString(found));
        byte[] into = new byte[64];
        Assert.Equal("h2,http/1.1", Encoding.ASCII.GetString(into, 0, hello.WriteAlpn(into)));
        Assert.Equal(0x30003, hello.Version);
        Assert.True(hello.Ciphers.Length >= 2 && hello.Ciphers.Length % 2 == 0);
        Assert.True(hello.TryGetList(TlsExtension.SupportedGroups, out ReadOnlySpan<byte> groups) && groups.Length >= 2);
        Assert.True(hello.TryGetList(TlsExtension.SignatureAlgorithms, out ReadOnlySpan<byte> algorithms) && algorithms.Length >= 2);
        Assert.Equal(protocols == SslProtocols.Tls13, hello.WriteKeyShareGroups(into) >= 2);
        Assert.Equal(HelloStatus.Complete, ClientHello.ParseType(greeting, out int type));
        Assert.Equal(1, type);
        Assert.Equal(HelloStatus.Complete, ClientHello.ParseVersion(greeting, out int version));
        Assert.Equal(0x30003, version);
    }

    [Fact]
    public void Every_part_of_a_greeting_waits_for_the_rest()
    {
        byte[] greeting = Greeting("www.example.com", SslProtocols.Tls12);
        for (int i = 0; i < greeting.Length; i++)
        {
            Assert.Equal(HelloStatus.Incomplete, ClientHello.Parse(greeting.AsSpan(0, i), out _));
            Assert.Equal(HelloStatus.Incomplete, ClientHello.ParseType(greeting.AsSpan(0, i), out _));
            Assert.Equal(HelloStatus.Incomplete, ClientHello.ParseVersion(greeting.AsSpan(0, i), out _));
        }
        Assert.Equal(HelloStatus.Complete, ClientHello.Parse([.. greeting, 1, 2, 3], out _));
    }

    /// <summary>Whatever bytes come, a judgement on a part holds for the whole.</summary>
    [Fact]
    public void No_byte_changes_what_was_decided()
    {
        byte[] greeting = Greeting("www.example.com", SslProtocols.Tls12);
        Gen.Select(Gen.Int[0, greeting.Length - 1], Gen.Byte, Gen.Int[0, greeting.Length])
            .Sample(
                (at, value, cut) =>
                {
                    byte[] changed = (byte[])greeting.Clone();
                    changed[at] = value;
                    HelloStatus whole = ClientHello.Parse(changed, out _),
                        part = ClientHello.Parse(changed.AsSpan(0, cut), out _);
                    return part == HelloStatus.Incomplete || part == whole;
                },
                iter: 5000
            );
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n")]
    [InlineData("SSH-2.0-OpenSSH\r\n")]
    [InlineData("\x15\x03\x01\x00\x02\x02\x28")]
    public void Other_protocols_are_told_at_once(string text) =>
        Assert.Equal(HelloStatus.NotHello, ClientHello.Parse(Encoding.Latin1.GetBytes(text), out _));

    [Fact]
    public void An_extension_that_runs_over_the_end_is_refused()
    {
        byte[] greeting = Greeting("www.example.com", SslProtocols.Tls12);
        greeting[^2]++;
        // the last extension's length, or a byte of its content: never a crash, and never more than was sent
        ClientHello.Parse(greeting, out ClientHello hello);
        hello.TryGetServerName(out _);
        int at = greeting.AsSpan().IndexOf("www.example.com"u8);
        greeting[at - 1] = 200;
        if (ClientHello.Parse(greeting, out hello) == HelloStatus.Complete)
            Assert.False(hello.TryGetServerName(out _));
    }

    [Theory]
    [InlineData("Cookie: mstshash=alice\r\n", "mstshash", HelloStatus.Complete, "alice")]
    [InlineData("cookie:   MSTSHASH=bob\r\nrest", "mstshash", HelloStatus.Complete, "bob")]
    [InlineData("Cookie: msts=1.2.3\r\n", "", HelloStatus.Complete, "1.2.3")]
    [InlineData("Cookie: msts=1.2.3\r\n", "mstshash", HelloStatus.NotHello, "")]
    [InlineData("Cookie: mstshash=alice\r", "mstshash", HelloStatus.Incomplete, "")]
    [InlineData("Cookie: mstshash=alice\rX", "mstshash", HelloStatus.NotHello, "")]
    [InlineData("Bookie: mstshash=alice\r\n", "mstshash", HelloStatus.NotHello, "")]
    public void The_cookie_of_rdp_is_found(string line, string name, HelloStatus status, string value)
    {
        byte[] data = [3, 0, 0, 0x2f, 0x2a, 0xe0, 0, 0, 0, 0, 0, .. Encoding.ASCII.GetBytes(line)];
        Assert.Equal(status, RdpCookie.Parse(data, Encoding.ASCII.GetBytes(name), out ReadOnlySpan<byte> found));
        Assert.Equal(value, Encoding.ASCII.GetString(found));
    }
}
