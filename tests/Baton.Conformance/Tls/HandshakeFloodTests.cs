// Many handshakes that are begun and not ended: what they hold is bounded, their time is, and it all comes back.
using System;
using System.Collections.Generic;
using System.IO;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Tls;

public sealed class HandshakeFloodTests : Scenario
{
    /// <summary>A session of OpenSSL in the middle of a handshake, and what the connection has beside it.</summary>
    private const long LargestHandshake = 60_000;

    private ProxyProcess Serve(Product product, string timeout, params string[] arguments)
    {
        string certificate = Keep(new TestCertificates(Directory)).Make("site.pem", "site.example");
        return Start(
            product,
            Defaults.Replace(
                "global\n",
                "global\n    maxconn 7000\n    stats socket ${dir}/cli mode 600 level admin\n",
                StringComparison.Ordinal
            )
                + $$"""
                frontend fe
                    bind 127.0.0.1:${p1} ssl crt {{certificate}} backlog 4096
                    timeout client {{timeout}}
                    http-request return status 200 content-type text/plain string hello
                """,
            new ProxyOptions { Unchecked = true, Arguments = ["-db", .. arguments] }
        );
    }

    /// <summary>BATON_SCALE in the environment: so many instead.</summary>
    private static int Scale(int usual) => int.TryParse(Environment.GetEnvironmentVariable("BATON_SCALE"), out int n) ? n : usual;

    /// <summary>The first flight of a client that speaks to nobody in particular.</summary>
    private static byte[] Greeting()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var tcp = new TcpClient("127.0.0.1", ((IPEndPoint)listener.LocalEndpoint).Port);
        using Socket peer = listener.AcceptSocket();
        using var stream = new SslStream(tcp.GetStream());
        Task shaking = stream.AuthenticateAsClientAsync("site.example");
        byte[] bytes = new byte[16384];
        int length = 0;
        do length += peer.Receive(bytes.AsSpan(length));
        while (length < 5 || length < 5 + (bytes[3] << 8 | bytes[4]));
        peer.Dispose();
        Assert.ThrowsAny<Exception>(shaking.Wait);
        return bytes[..length];
    }

    private List<RawClient> Begin(ProxyProcess proxy, int count, byte[] greeting)
    {
        List<RawClient> clients = [];
        for (int i = 0; i < count; i++)
        {
            RawClient client = Keep(RawClient.Tcp(proxy.Port()));
            client.Send(greeting);
            clients.Add(client);
        }
        return clients;
    }

    /// <summary>How many of them the proxy has answered; the others it has closed.</summary>
    private static int Answered(List<RawClient> clients)
    {
        int answered = 0;
        byte[] flight = new byte[16384];
        foreach (RawClient client in clients)
        {
            try
            {
                if (client.Socket.Receive(flight) > 7)
                    answered++;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset) { }
        }
        return answered;
    }

    private void AllEnd(ProxyProcess proxy, List<RawClient> clients)
    {
        foreach (RawClient client in clients)
        {
            client.ReadToEnd();
            client.Dispose();
        }
        Eventually(() => Info("CurrConns") == "0", "connections are left that nobody has");
        using TlsClient last = TlsClient.Connect(proxy.Port());
        Assert.Equal("hello", last.Get());
    }

    private string Info(string name)
    {
        using RawClient cli = RawClient.Unix(Path.Combine(Directory, "cli"));
        cli.Send("show info\n");
        foreach (string line in cli.ReadTextToEnd().Split('\n'))
            if (line.StartsWith(name + ":", StringComparison.Ordinal))
                return line[(name.Length + 1)..].Trim();
        return "";
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Handshakes_that_are_not_ended_end_in_time_and_give_back_what_they_held(Product product)
    {
        ProxyProcess proxy = Serve(product, "12s");
        byte[] greeting = Greeting();
        int count = Scale(700);
        using (TlsClient first = TlsClient.Connect(proxy.Port()))
            Assert.Equal("hello", first.Get());
        long before = proxy.MemoryBytes("VmRSS");
        List<RawClient> clients = Begin(proxy, count, greeting);
        Assert.Equal(count, Answered(clients));
        long held = proxy.MemoryBytes("VmRSS");
        TestContext.Current.SendDiagnosticMessage("{0}: {1} bytes for a handshake", product, (held - before) / count);
        if (product == Product.Baton)
            Assert.InRange((held - before) / count, 0, LargestHandshake);
        using (TlsClient meanwhile = TlsClient.Connect(proxy.Port()))
            Assert.Equal("hello", meanwhile.Get());
        AllEnd(proxy, clients);
        // and once more: what was given back is used again
        clients = Begin(proxy, count, greeting);
        Assert.Equal(count, Answered(clients));
        Assert.InRange(proxy.MemoryBytes("VmRSS"), 0, held + held / 2);
        AllEnd(proxy, clients);
    }

    /// <summary>-m: there is room for a part of them.</summary>
    [Fact]
    public void Handshakes_that_there_is_no_memory_for_are_refused()
    {
        ProxyProcess proxy = Serve(Product.Baton, "4s", "-m", "30");
        List<RawClient> clients = Begin(proxy, 700, Greeting());
        int answered = Answered(clients);
        Assert.InRange(answered, 50, 650);
        Assert.NotEqual("0", Info("PoolFailed"));
        AllEnd(proxy, clients);
    }

    /// <summary>The time is that of the whole handshake, however often something comes.</summary>
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_greeting_that_never_ends_does(Product product)
    {
        ProxyProcess proxy = Serve(product, "1s");
        byte[] greeting = Greeting();
        using RawClient client = RawClient.Tcp(proxy.Port());
        long start = Environment.TickCount64;
        int sent = 0;
        try
        {
            for (; sent < greeting.Length - 1 && client.Socket.Available == 0 && !client.Socket.Poll(0, SelectMode.SelectRead); sent++)
            {
                client.Send(greeting.AsSpan(sent, 1));
                Thread.Sleep(100);
            }
        }
        catch (SocketException) { }
        Assert.True(sent < greeting.Length - 1, $"nobody minded {Environment.TickCount64 - start} ms");
        using TlsClient next = TlsClient.Connect(proxy.Port());
        Assert.Equal("hello", next.Get());
    }
}
