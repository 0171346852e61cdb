// Listening sockets passed over the CLI socket (-x PATH -sf PID), Baton and Debian's haproxy on either side, while clients
// open a new connection for every request: none may fail.
using System;
using System.Diagnostics;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Reload;

public sealed class TakeoverTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("baton-takeover-").FullName;
    private readonly int _port = FreePort();
    private string PidFile => Path.Combine(_directory, "pid");
    private string Socket => Path.Combine(_directory, "s");

    private static int FreePort()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        return port;
    }

    private string Config(string extra = "")
    {
        string path = Path.Combine(_directory, $"c{Guid.NewGuid():N}.cfg");
        File.WriteAllText(
            path,
            $"""
            global
                nbthread 1
                stats socket {Socket} mode 600 level admin expose-fd listeners
            defaults
                mode http
                timeout connect 20s
                timeout client 60s
                timeout server 60s
            frontend fe
                bind 127.0.0.1:{_port}
                http-request return status 200 content-type text/plain string hello
            {extra}

            """
        );
        return path;
    }

    /// <summary>Starts a daemon, taking over from the running one when there is one. Its exit status.</summary>
    private int Start(Product product, string config)
    {
        var info = new ProcessStartInfo(Products.Path(product)) { RedirectStandardError = true };
        foreach (string a in (string[])["-D", "-f", config, "-p", PidFile])
            info.ArgumentList.Add(a);
        if (File.Exists(PidFile))
            foreach (string a in (string[])["-x", Socket, "-sf", File.ReadAllText(PidFile).Trim()])
                info.ArgumentList.Add(a);
        using Process process = Process.Start(info)!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode;
    }

    private bool Request()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = Patience.Ms };
        socket.Connect(IPAddress.Loopback, _port);
        socket.Send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"u8);
        var answer = new StringBuilder();
        byte[] buffer = new byte[4096];
        for (int n; (n = socket.Receive(buffer)) > 0; )
            answer.Append(Encoding.ASCII.GetString(buffer, 0, n));
        return answer.ToString().StartsWith("HTTP/1.1 200", StringComparison.Ordinal)
            && answer.ToString().EndsWith("hello", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Product.Baton, Product.Baton)]
    [InlineData(Product.Haproxy, Product.Baton)]
    public void No_connection_is_lost_in_takeovers(Product one, Product other)
    {
        Assert.Equal(0, Start(one, Config()));
        int served = 0,
            failed = 0;
        bool stop = false;
        var clients = new Thread[4];
        for (int i = 0; i < clients.Length; i++)
        {
            clients[i] = new Thread(() =>
            {
                while (!Volatile.Read(ref stop))
                {
                    bool ok;
                    try
                    {
                        ok = Request();
                    }
                    catch (SocketException)
                    {
                        ok = false;
                    }
                    if (ok)
                        Interlocked.Increment(ref served);
                    else
                        Interlocked.Increment(ref failed);
                }
            });
            clients[i].Start();
        }
        for (int i = 0; i < 8; i++)
        {
            Assert.Equal(0, Start(i % 2 == 0 ? other : one, Config()));
            Thread.Sleep(60);
        }
        Volatile.Write(ref stop, true);
        foreach (Thread client in clients)
            client.Join();
        Assert.Equal(0, failed);
        Assert.True(served > 100, $"only {served} requests");
    }

    [Fact]
    public void A_failed_reload_leaves_the_old_process_serving()
    {
        Assert.Equal(0, Start(Product.Baton, Config()));
        string pid = File.ReadAllText(PidFile);
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        taken.Listen(1);
        int port = ((IPEndPoint)taken.LocalEndPoint!).Port;
        Assert.Equal(1, Start(Product.Baton, Config($"    bind 127.0.0.1:{port}")));
        Assert.Equal(1, Start(Product.Baton, Config("    bogus line")));
        Assert.Equal(1, Start(Product.Baton, Config("    default_backend nowhere")));
        for (int i = 0; i < 20; i++)
            Assert.True(Request());
        Assert.Equal(pid, File.ReadAllText(PidFile));
    }

    [Fact]
    public void A_socket_without_expose_fd_gives_nothing()
    {
        string config = Config();
        File.WriteAllText(config, File.ReadAllText(config).Replace(" expose-fd listeners", ""));
        Assert.Equal(0, Start(Product.Baton, config));
        Assert.Equal(1, Start(Product.Baton, Config()));
        Assert.True(Request());
    }

    public void Dispose()
    {
        Reloadable.StopAll(_directory);
        Directory.Delete(_directory, true);
    }
}
