// Servers that close, reset and speak at the worst moments, several backends with every way to reuse or keep a connection, two
// threads: each client gets its own answer or an error, never another's. BATON_ENDURANCE_SECONDS makes it last longer.
using System;
using System.Collections.Concurrent;
using System.Globalization;
using System.IO;
using System.Net.Sockets;
using System.Threading;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Endurance;

public sealed class CrosstalkTests : Scenario
{
    private static readonly string[] s_backends =
    [
        "safe",
        "always",
        "aggressive",
        "never",
        "v1",
        "v2",
        "negotiate",
        "perclient",
        "limited",
        "port",
    ];

    private static int Seconds =>
        int.Parse(Environment.GetEnvironmentVariable("BATON_ENDURANCE_SECONDS") ?? "4", CultureInfo.InvariantCulture);

    /// <summary>Echoes the path; what it does after an answer is a matter of chance.</summary>
    private static void Misbehave(OriginConnection c)
    {
        var random = new Random(c.Number);
        c.ReadUntil("GET ");
        string target = c.ReadUntil("\r\n\r\n");
        while (true)
        {
            string path = target.Split(' ')[0];
            if (random.Next(10) == 0)
                Thread.Sleep(random.Next(8));
            int fate = random.Next(24);
            if (fate == 0)
            {
                c.Reset();
                return;
            }
            if (fate == 1)
            {
                c.Send($"HTTP/1.1 200 OK\r\nContent-Length: {path.Length}\r\n\r\n{path[..(path.Length / 2)]}");
                return;
            }
            string auth = path.StartsWith("/negotiate", StringComparison.Ordinal) ? "WWW-Authenticate: Negotiate\r\n" : "";
            c.Send($"HTTP/1.1 {(auth.Length > 0 ? "401 Who" : "200 OK")}\r\nContent-Length: {path.Length}\r\n{auth}\r\n{path}");
            if (fate < 14)
            {
                // the end of an idle connection, now or a little later
                if (random.Next(2) == 0)
                    Thread.Sleep(random.Next(6));
                if (fate < 6)
                    return;
                if (fate < 8)
                {
                    c.Reset();
                    return;
                }
                if (fate < 11)
                {
                    c.Send("HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
                    return;
                }
                if (fate == 11)
                {
                    c.Send("junk");
                    Thread.Sleep(3);
                    return;
                }
                if (fate == 12)
                    c.ShutdownSend();
            }
            if (!c.TryReadHead(out string head))
                return;
            target = head[4..];
        }
    }

    [Fact]
    public void Each_client_gets_its_own_answers()
    {
        OriginServer origin = Origin(c =>
        {
            try
            {
                Misbehave(c);
            }
            catch (IOException) { }
        });
        ProxyProcess proxy = Start(Product.Baton, Configuration(origin.Port));
        long end = Environment.TickCount64 + Seconds * 1000,
            served = 0,
            errors = 0;
        var wrong = new ConcurrentQueue<string>();
        var threads = new Thread[24];
        for (int t = 0; t < threads.Length; t++)
        {
            int number = t;
            (
                threads[t] = new Thread(
                    () =>
                    {
                        var random = new Random(number);
                        for (int session = 0; Environment.TickCount64 < end && wrong.IsEmpty; session++)
                            Session(proxy.Port(), $"c{number}s{session}", random, wrong, ref served, ref errors);
                    },
                    256 * 1024
                )
            ).Start();
        }
        foreach (Thread thread in threads)
            thread.Join();
        Assert.True(wrong.IsEmpty, string.Join("\n", wrong));
        Assert.False(proxy.HasExited, proxy.ErrorText);
        Assert.True(served > 20 * Seconds, $"{served} requests were answered, {errors} were not");
        Assert.DoesNotContain("in a handler", proxy.ErrorText, StringComparison.Ordinal);
        Eventually(() => Command("show info").Contains("CurrConns: 0\n", StringComparison.Ordinal), "connections are left");
        Assert.Contains(", 0 used", Command("show pools"), StringComparison.Ordinal);
    }

    private static string Configuration(int origin) =>
        $$"""
            global
                nbthread 2
                stats socket ${dir}/cli mode 600 level admin
            defaults
                mode http
                retries 0
                timeout connect 3s
                timeout client 60s
                timeout server 60s
                timeout queue 5s
            frontend fe
                bind 127.0.0.1:${p1}
                http-request set-dst ipv4(127.0.0.1) if { path_beg /perclient }
                http-request set-dst-port int({{origin}}) if { path_beg /perclient }
                use_backend %[path,field(2,/)]
            backend safe
                server s 127.0.0.1:{{origin}}
            backend always
                http-reuse always
                server s 127.0.0.1:{{origin}}
            backend aggressive
                http-reuse aggressive
                server s 127.0.0.1:{{origin}}
                server t 127.0.0.1:{{origin}}
            backend never
                http-reuse never
                server s 127.0.0.1:{{origin}}
            backend v1
                server s 127.0.0.1:{{origin}} send-proxy
            backend v2
                server s 127.0.0.1:{{origin}} send-proxy-v2
            backend negotiate
                server s 127.0.0.1:{{origin}}
            backend perclient
                server s 0.0.0.0:0
            backend limited
                http-reuse always
                server s 127.0.0.1:{{origin}} maxconn 2
            backend port
                server s 127.0.0.1:{{origin}} source 127.0.0.2:20000-20040
            """;

    /// <summary>Requests of one connection, some of them sent two at a time; each names itself, and so must its answer.</summary>
    private static void Session(int port, string name, Random random, ConcurrentQueue<string> wrong, ref long served, ref long errors)
    {
        try
        {
            using RawClient client = RawClient.Tcp(port);
            for (int i = random.Next(12); i >= 0; i--)
            {
                int count = random.Next(4) == 0 ? 2 : 1;
                var paths = new string[count];
                string text = "";
                for (int k = 0; k < count; k++)
                {
                    paths[k] = $"/{s_backends[random.Next(s_backends.Length)]}/{name}/{i}/{k}";
                    text += $"GET {paths[k]} HTTP/1.1\r\nHost: a\r\n\r\n";
                }
                client.Send(text);
                // one that leaves while its request is under way
                if (random.Next(30) == 0)
                    return;
                foreach (string path in paths)
                {
                    Response r = client.ReadResponse();
                    if (r.Status is 200 or 401 && r.Body != path)
                    {
                        wrong.Enqueue($"asked for {path}, got {r.Status} {r.Body}");
                        return;
                    }
                    if (r.Status is 200 or 401)
                        Interlocked.Increment(ref served);
                    else
                        Interlocked.Increment(ref errors);
                }
            }
        }
        catch (SocketException)
        {
            Interlocked.Increment(ref errors);
        }
        catch (IOException)
        {
            Interlocked.Increment(ref errors);
        }
    }

    private string Command(string line)
    {
        using RawClient cli = RawClient.Unix(Path.Combine(Directory, "cli"));
        cli.Send(line + "\n");
        return cli.ReadTextToEnd();
    }
}
