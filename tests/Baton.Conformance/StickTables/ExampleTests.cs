// The configurations of examples/stick-tables do what they say, here and on haproxy.
using System;
using System.IO;
using System.Linq;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.StickTables;

public sealed class ExampleTests : TableScenario
{
    /// <summary>The file as it is, but for its ports and the place of its socket.</summary>
    private ProxyProcess StartExample(Product product, string name)
    {
        string text = File.ReadAllText(Path.Combine(Sandbox.Root, "examples/stick-tables", name + ".cfg"));
        return Start(
            product,
            text.Replace("127.0.0.1:8080", "127.0.0.1:${p1}", StringComparison.Ordinal)
                .Replace("127.0.0.1:8081", "127.0.0.1:${p2}", StringComparison.Ordinal)
                .Replace("127.0.0.1:8082", "127.0.0.1:${p3}", StringComparison.Ordinal)
                .Replace($"/tmp/{name}.sock", "${dir}/admin.sock", StringComparison.Ordinal)
        );
    }

    private static string Statuses(RawClient client, int count, string target = "/", string headers = "") =>
        string.Join(' ', Enumerable.Range(0, count).Select(_ => client.Get(target, headers).Status));

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Rate_limits(Product product)
    {
        RawClient client = Connect(StartExample(product, "rate-limit"));
        Assert.Equal("200 200 200 429", Statuses(client, 4, "/search"));
        Assert.Equal("200 200 200 200 200 200 429", Statuses(client, 7));
        Assert.Single(Lines(Ask("show table per_client")));
        // an entry that the last request still holds is not cleared
        Eventually(
            () =>
            {
                Ask("clear table per_client");
                return Statuses(client, 1) == "200";
            },
            "still limited"
        );
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Brute_force(Product product)
    {
        RawClient client = Connect(StartExample(product, "brute-force"));
        int Login(string password) =>
            client.Ask($"POST /login HTTP/1.1\r\nHost: h\r\nContent-Length: {password.Length + 9}\r\n\r\npassword={password}").Status;
        Assert.Equal((200, 401, 401, 200), (Login("right"), Login("wrong"), Login("wrong"), Login("right")));
        Assert.Equal((401, 401, 401), (Login("wrong"), Login("wrong"), Login("wrong")));
        Assert.Equal((403, 403), (Login("right"), client.Get().Status));
        Eventually(
            () =>
            {
                Ask("clear table failures");
                Ask("clear table banned");
                return client.Get().Status == 200;
            },
            "still banned"
        );
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Quotas(Product product)
    {
        RawClient client = Connect(StartExample(product, "quota"));
        Assert.Equal(401, client.Get("/api").Status);
        Assert.Equal("19", client.Get("/api", "x-api-key: one\r\n")["x-quota-left"]);
        Assert.Equal("18", client.Get("/api", "x-api-key: one\r\n")["x-quota-left"]);
        Assert.Equal("19", client.Get("/api", "x-api-key: two\r\n")["x-quota-left"]);
        Assert.Equal("200 429 429", string.Join(' ', Statuses(client, 20, "/api", "x-api-key: one\r\n").Split(' ')[17..]));
        Ask("set table keys key one data.gpt0 1000");
        Assert.Equal("977", client.Get("/api", "x-api-key: one\r\n")["x-quota-left"]);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Two_machines(Product product)
    {
        string text = File.ReadAllText(Path.Combine(Sandbox.Root, "examples/stick-tables/two-machines.cfg"))
            .Replace("127.0.0.1:10001", $"127.0.0.1:{Ports.Free()}", StringComparison.Ordinal)
            .Replace("127.0.0.1:10002", $"127.0.0.1:{Ports.Free()}", StringComparison.Ordinal);
        // of the two listening lines a process reads one
        ProxyProcess Machine(string name) =>
            Start(
                product,
                text.Replace(name == "one" ? "127.0.0.1:8080" : "127.0.0.1:8081", "127.0.0.1:${p1}", StringComparison.Ordinal)
                    .Replace("/tmp/two-machines-\"$HAPROXY_LOCALPEER\".sock", $"${{dir}}/{name}.sock", StringComparison.Ordinal),
                new ProxyOptions { Arguments = name == "one" ? ["-db"] : ["-db", "-L", name] }
            );
        RawClient one = Connect(Machine("one")),
            two = Connect(Machine("two"));
        Assert.Equal("200 200", Statuses(one, 2));
        Assert.Equal("200", Statuses(two, 1));
        Assert.EndsWith("403 403", Statuses(one, 12));
        string socket = Path.Combine(Directory, "two.sock");
        Eventually(
            () => MasterUnderTest.AskAt(socket, "show table cluster/banned").Contains("gpt0=1", StringComparison.Ordinal),
            "the other machine does not hear of it"
        );
        Assert.Equal("403", Statuses(two, 1));
    }

    /// <summary>A hello of a client (1) or a server (2) that names a session, or none (0), as far as anybody looks at it.</summary>
    private static byte[] Hello(byte type, byte first, byte session)
    {
        byte[] body =
        [
            3,
            3,
            first,
            .. new byte[31],
            (byte)(session == 0 ? 0 : 32),
            .. Enumerable.Repeat(session, session == 0 ? 0 : 32),
            .. type == 1 ? (byte[])[0, 2, 0xC0, 0x2B, 1, 0] : [0xC0, 0x2B, 0],
        ];
        return [22, 3, 3, 0, (byte)(body.Length + 4), type, 0, 0, (byte)body.Length, .. body];
    }

    /// <summary>The servers here are none of TLS: they say a hello with the session that was asked for, or a new one, and who they
    /// are.</summary>
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Tls_sessions(Product product)
    {
        const int sessionAt = 44,
            randomAt = 11;
        int made = 100;
        OriginServer Server(byte number) =>
            Origin(c =>
            {
                byte[] asked = c.ReadSome();
                byte session = asked[sessionAt - 1] != 0 ? asked[sessionAt] : (byte)System.Threading.Interlocked.Increment(ref made);
                c.Send(Hello(2, number, session));
                c.ReadToEnd();
            });
        string text = File.ReadAllText(Path.Combine(Sandbox.Root, "examples/stick-tables/tls-sessions.cfg"));
        ProxyProcess proxy = Start(
            product,
            text.Replace("server one 127.0.0.1:8081", $"server one 127.0.0.1:{Server(1).Port}", StringComparison.Ordinal)
                .Replace("server two 127.0.0.1:8082", $"server two 127.0.0.1:{Server(2).Port}", StringComparison.Ordinal)
                .Replace("127.0.0.1:8443", "127.0.0.1:${p1}", StringComparison.Ordinal)
                .Replace("127.0.0.1:8080", "127.0.0.1:${p2}", StringComparison.Ordinal)
                .Replace("/tmp/tls-sessions.sock", "${dir}/admin.sock", StringComparison.Ordinal)
        );
        (byte Server, byte Session) Connect(byte session)
        {
            using RawClient client = RawClient.Tcp(proxy.Port());
            client.Send(Hello(1, 0, session));
            byte[] answer = client.ReadBytes(sessionAt + 32);
            return (answer[randomAt], answer[sessionAt]);
        }
        (byte Server, byte Session)[] first = [.. Enumerable.Range(0, 4).Select(_ => Connect(0))];
        Assert.Equal(2, first.Select(f => f.Server).Distinct().Count());
        foreach ((byte server, byte session) in first.Reverse())
            Assert.Equal((server, session), Connect(session));
        Assert.Equal(4, Lines(Ask("show table passing")).Length);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Sessions(Product product)
    {
        RawClient client = Connect(StartExample(product, "sessions"));
        (string Server, string Cookie)[] logins =
        [
            .. Enumerable.Range(0, 4).Select(_ => client.Get("/login")).Select(r => (r["served-by"]!, r["set-cookie"]!.Split(';')[0])),
        ];
        Assert.Equal(2, logins.Select(l => l.Server).Distinct().Count());
        foreach ((string server, string cookie) in logins.Reverse())
            Assert.Equal(server, client.Get("/", $"cookie: {cookie}\r\n")["served-by"]);
    }
}
