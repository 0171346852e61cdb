// "baton explain": where a request would go and why; that it says the same as the process that serves; that nobody else is asked.
using System;
using System.IO;
using System.Linq;
using System.Text.Json;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Commands;

public sealed class ExplainCommandTests : Scenario
{
    private const string Rules = """
            acl is_static path_beg /img/ /css/
            acl from_inside src 10.0.0.0/8
            http-request deny deny_status 403 if { path /secret } !from_inside
            http-request redirect location /new if { path /old }
            http-request set-header x-seen 1 if { req.hdr(host) -i other.test }
            use_backend static if is_static
            use_backend api if { path_beg /api } or { req.hdr(x-api) 1 }
            default_backend app
        backend static
            server s1 127.0.0.1:${d1}
        backend api
            http-request deny deny_status 405 if METH_POST
            http-response set-header x-from api
            server a1 127.0.0.1:${d1}
        backend app
            balance uri
            server one 127.0.0.1:${d1}
            server two 127.0.0.1:${d1}
            server off 127.0.0.1:${d1} disabled
        """;

    private string Write(string bind, string server = "127.0.0.1:1")
    {
        string file = Path.Combine(Directory, "explain.cfg");
        File.WriteAllText(
            file,
            Defaults + $"frontend web\n    bind {bind}\n" + Rules.Replace("127.0.0.1:${d1}", server, StringComparison.Ordinal) + "\n"
        );
        return file;
    }

    private static (int Status, string Output) Explain(string file, params string[] arguments) =>
        Run(Products.Path(Product.Baton), ["explain", "-f", file, .. arguments]);

    [Fact]
    public void Rule_by_rule()
    {
        string file = Write("127.0.0.1:1");
        (int status, string output) = Explain(file, "--request", "GET /img/x", "--header", "Host: a", "--from", "10.1.2.3");
        Assert.Equal(0, status);
        string[] lines = output.Split('\n');
        Assert.Equal("GET /img/x from 10.1.2.3 comes to frontend 'web'", lines[0]);
        Assert.Contains($"no  {file}:12: http-request deny deny_status 403 if {{ path /secret }} !from_inside", lines);
        Assert.Contains("        path is '/img/x', which does not match", lines);
        Assert.Contains("        !from_inside: src is '10.1.2.3', which matches", lines);
        Assert.Contains("        req.hdr(host) is 'a', which does not match", lines);
        Assert.Contains($"yes {file}:15: use_backend static if is_static", lines);
        Assert.Contains("        is_static: path_beg is '/img/x', which matches", lines);
        Assert.Equal("=> server 's1' of backend 'static'", lines[^2]);
        Assert.DoesNotContain(lines, l => l.Contains("use_backend api", StringComparison.Ordinal));
    }

    [Fact]
    public void As_JSON()
    {
        (int status, string output) = Explain(Write("127.0.0.1:1"), "--request", "POST /api", "--json");
        JsonElement found = JsonDocument.Parse(output).RootElement;
        Assert.Equal(0, status);
        Assert.Equal(("api", 405), (found.GetProperty("backend").GetString(), found.GetProperty("status").GetInt32()));
        Assert.Equal(JsonValueKind.Null, found.GetProperty("server").ValueKind);
        JsonElement last = found.GetProperty("rules").EnumerateArray().Last();
        Assert.Equal(
            ("http-request deny deny_status 405 if METH_POST", "api", true),
            (last.GetProperty("text").GetString(), last.GetProperty("proxy").GetString(), last.GetProperty("applies").GetBoolean())
        );
    }

    [Theory]
    [InlineData("GET /secret", "status=403", 0)]
    [InlineData("GET /secret", "status=200", 1)]
    [InlineData("GET /old", "status=302", 0)]
    [InlineData("GET /api/x", "backend=api", 0)]
    [InlineData("GET /api/x", "server=a1", 0)]
    [InlineData("GET /api/x", "backend=app", 1)]
    [InlineData("GET /", "backend=app", 0)]
    [InlineData("GET /secret", "server=", 0)]
    [InlineData("GET /", "weather=fine", 2)]
    public void What_is_expected_is_judged(string request, string expected, int status) =>
        Assert.Equal(status, Explain(Write("127.0.0.1:1"), "--request", request, "--expect", expected).Status);

    [Fact]
    public void What_cannot_be_explained_is_refused()
    {
        string file = Path.Combine(Directory, "two.cfg");
        File.WriteAllText(file, Defaults + "frontend a\n    bind 127.0.0.1:1\nfrontend b\n    bind 127.0.0.1:2\n");
        (int status, string output) = Explain(file, "--request", "GET /");
        Assert.Equal(2, status);
        Assert.Contains("name one with --frontend (a, b)", output, StringComparison.Ordinal);
        Assert.Equal(0, Explain(file, "--request", "GET /", "--frontend", "b").Status);
        Assert.Equal(2, Explain(file, "--request", "GET /", "--frontend", "c").Status);
        Assert.Equal(2, Explain(file, "--requests", "GET /").Status);
        Assert.Equal(2, Explain(Path.Combine(Directory, "none.cfg")).Status);
    }

    /// <summary>The same requests, explained and served: they go the same way. The servers hear of the served ones alone.</summary>
    [Fact]
    public void It_says_what_the_process_does()
    {
        OriginServer origin = HttpOrigin();
        ProxyProcess proxy = Start(
            Product.Baton,
            Defaults
                + "frontend web\n    bind 127.0.0.1:${p1} accept-proxy\n    http-response set-header x-way %b/%s\n"
                + Rules.Replace("127.0.0.1:${d1}", $"127.0.0.1:{origin.Port}", StringComparison.Ordinal)
                + "\n"
        );
        string file = Write("127.0.0.1:1", $"127.0.0.1:{origin.Port}");
        (string Request, string Header, string From)[] asked =
        [
            ("GET /", "X-A: 1", "10.0.0.1"),
            ("GET /other/uri?x", "X-Api: 1", "192.168.1.1"),
            ("GET /third", "X-A: 1", "192.168.1.1"),
            ("GET /secret", "X-A: 1", "10.0.0.1"),
            ("GET /secret", "X-A: 1", "11.0.0.1"),
            ("GET /css/a", "X-Api: 1", "11.0.0.1"),
            ("POST /api", "Content-Length: 0", "11.0.0.1"),
            ("GET /old", "X-A: 1", "11.0.0.1"),
        ];
        foreach ((string request, string header, string from) in asked)
        {
            RawClient client = Connect(proxy);
            Response got = client.Ask($"PROXY TCP4 {from} 127.0.0.1 50000 1\r\n{request} HTTP/1.1\r\nHost: localhost\r\n{header}\r\n\r\n");
            int heads = origin.Heads.Count;
            JsonElement said = JsonDocument
                .Parse(Explain(file, "--request", request, "--header", header, "--from", from, "--json").Output)
                .RootElement;
            Assert.Equal(heads, origin.Heads.Count);
            Assert.Equal(got.Status, said.GetProperty("status").GetInt32());
            if (got["x-way"] is { } way)
                Assert.Equal(way, $"{said.GetProperty("backend").GetString()}/{said.GetProperty("server").GetString()}");
        }
    }
}
