// Names asked of a name server that others have written (dnsmasq), whose records change while clients ask for pages.
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Resolvers;

public sealed class RealNameServerTests : ResolverScenario
{
    private const string Program = "/usr/sbin/dnsmasq";

    /// <summary>Runs until the end of the test; reads its records again when they have been written.</summary>
    private sealed class RealServer : IDisposable
    {
        private readonly Process _process;
        private readonly string _hosts;

        public RealServer(string directory, string records, params string[] arguments)
        {
            _hosts = Path.Combine(directory, "hosts");
            File.WriteAllText(_hosts, records);
            Port = Ports.Free();
            string[] always =
            [
                "--keep-in-foreground",
                "--no-resolv",
                "--no-hosts",
                "--conf-file=/dev/null",
                $"--port={Port}",
                "--listen-address=127.0.0.1",
                "--bind-interfaces",
                $"--addn-hosts={_hosts}",
                $"--user={Environment.UserName}",
                "--pid-file=",
                "--local=/test/",
            ];
            _process = Process.Start(new ProcessStartInfo(Program, [.. always, .. arguments]) { RedirectStandardError = true })!;
            _process.BeginErrorReadLine();
        }

        public int Port { get; }

        public void Write(string records)
        {
            File.WriteAllText(_hosts, records);
            Run("kill", "-HUP", _process.Id.ToString());
        }

        public void Dispose()
        {
            _process.Kill();
            _process.WaitForExit();
            _process.Dispose();
        }
    }

    private RealServer Serve(string records, params string[] arguments)
    {
        RealServer server = Keep(new RealServer(Directory, records, arguments));
        Eventually(() => Ports.Listening().Contains(server.Port), "dnsmasq does not listen");
        return server;
    }

    private ProxyProcess Start(Product product, RealServer dns, string sections, string more = "", string transport = "") =>
        Start(
            product,
            $$"""
            global
                nbthread 1
                stats socket ${dir}/cli level admin
            defaults
                mode http
                timeout connect 20s
                timeout client 60s
                timeout server 60s
            resolvers names
                nameserver one {{transport}}127.0.0.1:{{dns.Port}}
                timeout resolve 100ms
                timeout retry 500ms
                hold nx 0
                hold other 0
                {{more}}
            {{sections}}
            """
        );

    private static string Records(string name, params string[] addresses) => string.Concat(addresses.Select(a => $"{a} {name}\n"));

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Servers_follow_records_that_change_under_load(Product product)
    {
        int port = Ports.Free();
        foreach (string address in (string[])["127.0.0.2", "127.0.0.3", "127.0.0.4"])
            Keep(
                new OriginServer(
                    c =>
                    {
                        while (c.TryReadHead(out _))
                            c.Send($"HTTP/1.1 200 OK\r\nContent-Length: {address.Length}\r\n\r\n{address}");
                    },
                    port,
                    address
                )
            );
        RealServer dns = Serve(Records("app.test", "127.0.0.2", "127.0.0.3"));
        ProxyProcess proxy = Start(
            product,
            dns,
            $$"""
            listen l
                bind 127.0.0.1:${p1}
                option redispatch
                server-template s 3 app.test:{{port}} resolvers names init-addr none
            """
        );
        void Await(params string[] addresses) =>
            Eventually(
                () => All("s1", "s2", "s3") == string.Join(' ', (IEnumerable<string>)["-", .. addresses.Select(a => $"{a}:{port}")]),
                $"servers are at {All("s1", "s2", "s3")}"
            );
        Await("127.0.0.2", "127.0.0.3");
        bool stop = false;
        var failures = new List<string>();
        int requests = 0;
        var load = new Thread(() =>
        {
            while (!Volatile.Read(ref stop))
            {
                using RawClient client = RawClient.Tcp(proxy.Port("p1"));
                Response response = client.Get();
                Interlocked.Increment(ref requests);
                if (response.Status != 200)
                    failures.Add($"{response.Status}");
            }
        });
        load.Start();
        try
        {
            dns.Write(Records("app.test", "127.0.0.3", "127.0.0.4"));
            Await("127.0.0.3", "127.0.0.4");
            int then = Volatile.Read(ref requests);
            Eventually(() => Volatile.Read(ref requests) > then + 5, "no requests");
            dns.Write(Records("app.test", "127.0.0.4", "127.0.0.2"));
            Await("127.0.0.2", "127.0.0.4");
        }
        finally
        {
            Volatile.Write(ref stop, true);
            load.Join();
        }
        Assert.Empty(failures);
        var bodies = new SortedSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < 4; i++)
            bodies.Add(Connect(proxy).Get().Body);
        Assert.Equal(["127.0.0.2", "127.0.0.4"], bodies);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Services_give_ports_and_names(Product product)
    {
        RealServer dns = Serve(
            Records("a.test", "127.0.0.7") + Records("b.test", "127.0.0.8"),
            "--srv-host=_http._tcp.app.test,a.test,8001,1,10",
            "--srv-host=_http._tcp.app.test,b.test,8002,1,10"
        );
        Start(product, dns, "backend b\n    server-template s 3 _http._tcp.app.test resolvers names init-addr none");
        Eventually(() => All("s1", "s2", "s3") == "- 127.0.0.7:8001 127.0.0.8:8002", $"servers are at {All("s1", "s2", "s3")}");
    }

    private string Counter(string name) =>
        Command("show resolvers names").Split('\n').First(l => l.Contains(name, StringComparison.Ordinal)).Split(':')[1].Trim();

    private static string Many => Records("big.test", [.. Enumerable.Range(1, 60).Select(static i => $"127.1.0.{i}")]);

    /// <summary>HAProxy 2.6 never believes it; here it takes an address that says so.</summary>
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void What_does_not_fit_into_a_datagram_is_not_believed_where_there_are_only_datagrams(Product product)
    {
        RealServer dns = Serve(Many);
        Start(product, dns, "backend b\n    server-template s 1 big.test:80 resolvers names init-addr none", transport: "udp@");
        Eventually(() => Counter("truncated") != "0", "nothing was truncated");
        Assert.Equal("-", Where("s1"));
        Assert.Equal("0", Counter("valid"));
    }

    [Fact]
    public void What_does_not_fit_into_a_datagram_is_asked_for_over_tcp()
    {
        RealServer dns = Serve(Many);
        Start(Product.Baton, dns, "backend b\n    server-template s 60 big.test:80 resolvers names init-addr none");
        Eventually(() => Where("s60").StartsWith("127.1.0.", StringComparison.Ordinal), "not found");
        Eventually(() => Counter("truncated") != "0" && Counter("valid") != "0", "not counted");
        Assert.Equal("0", Counter("invalid"));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_larger_datagram_has_it(Product product)
    {
        RealServer dns = Serve(Many);
        Start(product, dns, "backend b\n    server-template s 1 big.test:80 resolvers names init-addr none", "accepted_payload_size 8192");
        Eventually(() => Where("s1").StartsWith("127.1.0.", StringComparison.Ordinal), "not found");
        // it was asked for AAAA first, and has none
        Eventually(() => Counter("any_err") != "0", "not counted");
    }

    /// <summary>HAProxy 2.6 takes no more than accepted_payload_size over TCP either.</summary>
    [Fact]
    public void A_stream_has_it()
    {
        RealServer dns = Serve(Many);
        Start(
            Product.Baton,
            dns,
            $"resolvers stream\n    nameserver one tcp@127.0.0.1:{dns.Port}\nbackend b\n    server-template s 1 big.test:80 resolvers stream init-addr none"
        );
        Eventually(() => Where("s1").StartsWith("127.1.0.", StringComparison.Ordinal), "not found");
    }
}
