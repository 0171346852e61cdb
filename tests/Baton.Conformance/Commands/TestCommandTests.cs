// "baton test": cases in a file against a configuration; and what "baton explain" can be asked to expect, TLS included.
using System;
using System.IO;
using System.Xml.Linq;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Commands;

public sealed class TestCommandTests : Scenario
{
    private const string Configuration = """
        defaults
            mode http
            timeout connect 2s
            timeout client 5s
            timeout server 5s
        frontend web
            bind 127.0.0.1:8000
            acl is_static path_beg /img/
            http-request deny deny_status 403 if { path /secret }
            http-request set-header X-Seen yes
            http-after-response set-header X-Lb baton
            use_backend static if is_static
            default_backend app
        backend static
            server s1 127.0.0.1:1
        backend app
            server one 127.0.0.1:1
            server two 127.0.0.1:1
        """;

    private string Write(string name, string text)
    {
        string path = Path.Combine(Directory, name);
        File.WriteAllText(path, text + "\n");
        return path;
    }

    private (int Status, string Output, string Errors) Test(string cases, params string[] more) =>
        CommandRuns.Run("test", ["-f", Write("my.cfg", Configuration), .. more, Write("cases.yml", cases)]);

    private const string Right = """
        - name: pictures
          request: GET /img/x
          headers:
            - "Host: a"
          from: 10.1.2.3
          expect:
            backend: static
            server: s1
            status: 200
            rule: ["my.cfg:12", use_backend   static if is_static]
            request-header: "X-Seen: yes"
            header: X-Lb
        - request: GET /secret
          expect:
            status: 403
        """;

    [Fact]
    public void What_is_as_expected_passes() =>
        Assert.Equal((0, "ok    pictures\nok    GET /secret\n2 passed, 0 failed\n", ""), Test(Right));

    [Fact]
    public void What_is_not_fails_with_what_it_is_instead()
    {
        (int status, string output, _) = Test(
            Right
                .Replace("backend: static", "backend: app", StringComparison.Ordinal)
                .Replace("my.cfg:12", "my.cfg:9", StringComparison.Ordinal)
                .Replace("X-Seen: yes", "X-Seen: no", StringComparison.Ordinal)
                .Replace("header: X-Lb", "header: X-None", StringComparison.Ordinal)
        );
        Assert.Equal(1, status);
        string at = Path.Combine(Directory, "cases.yml") + ":1: ";
        Assert.Equal(
            $"FAIL  pictures\n      {at}expected backend=app, it is static\n      {at}expected rule=my.cfg:9, it does not apply\n"
                + $"      {at}expected request-header=X-Seen: no, it is 'X-Seen: yes'\n      {at}expected header=X-None, it is not there\n"
                + "ok    GET /secret\n1 passed, 1 failed\n",
            output
        );
    }

    /// <summary>A case sees nothing of the one before: round robin begins at its beginning.</summary>
    [Fact]
    public void Cases_do_not_see_each_other()
    {
        const string one = "- request: GET /\n  expect:\n    server: one\n";
        Assert.Equal(0, Test(one + one + one).Status);
    }

    [Fact]
    public void Other_programs_read_the_reports()
    {
        Assert.StartsWith("TAP version 14\n1..2\nok 1 - pictures\nok 2 - GET /secret\n", Test(Right, "--format", "tap").Output);
        Assert.Equal("2", XDocument.Parse(Test(Right, "--format", "junit").Output).Root!.Attribute("tests")!.Value);
        Assert.Contains("\"passed\": 2", Test(Right, "--format", "json").Output);
    }

    [Theory]
    [InlineData("- request: GET /\n  expect:\n    backend: {a}", "cases.yml:3: '{a}'")]
    [InlineData("- request: GET /\n  expect:\n    bakcend: a", "did you mean 'backend'?")]
    [InlineData("- request: GET /", "cases.yml:1: it expects nothing")]
    public void A_file_that_cannot_be_read_is_trouble(string cases, string why)
    {
        (int status, string output, string errors) = Test(cases);
        Assert.Equal((2, ""), (status, output));
        Assert.Contains(why, errors);
    }

    [Fact]
    public void So_is_a_configuration_that_is_wrong()
    {
        (int status, string output, _) = CommandRuns.Run("test", "-f", Write("w.cfg", "frontend x\n    nonsense"), Write("c.yml", Right));
        Assert.Equal(2, status);
        Assert.Contains("nonsense", output);
        Assert.Equal(2, CommandRuns.Run("test", "-f", "x").Status);
        Assert.Equal(2, CommandRuns.Run("test", "-f", Write("my.cfg", Configuration), "/none.yml").Status);
    }

    [Theory]
    [InlineData("http", "a.test", "a")]
    [InlineData("http", "b.test", "b")]
    [InlineData("tcp", "a.test", "a")]
    [InlineData("tcp", "b.test", "b")]
    public void A_client_greets_over_TLS(string mode, string name, string backend)
    {
        string pem = Keep(new TestCertificates(Directory)).Make("site.pem", "a.test");
        string config = Write(
            "tls.cfg",
            $"defaults\n    mode {mode}\n    timeout connect 2s\n    timeout client 5s\n    timeout server 5s\nfrontend f\n    bind 127.0.0.1:8000"
                + (
                    mode == "http"
                        ? $" ssl crt {pem}\n    use_backend a if {{ ssl_fc_sni a.test }}\n"
                        : "\n    tcp-request inspect-delay 5s\n    tcp-request content accept if { req.ssl_hello_type 1 }\n"
                            + "    use_backend a if { req.ssl_sni a.test }\n"
                )
                + "    default_backend b\nbackend a\n    server s 127.0.0.1:1\nbackend b\n    server s 127.0.0.1:1"
        );
        (int status, string output, string errors) = CommandRuns.Run(
            "explain",
            "-f",
            config,
            "--sni",
            name,
            "--from",
            "10.9.8.7",
            "--expect",
            $"backend={backend}"
        );
        Assert.Equal((0, ""), (status, errors));
        Assert.Contains($"is '{name}'", output);
        if (mode == "http")
            Assert.Contains("say with --sni", CommandRuns.Run("explain", "-f", config).Errors);
    }

    [Fact]
    public void A_greeting_that_is_refused_is_said_so()
    {
        string pem = Keep(new TestCertificates(Directory)).Make("site.pem", "a.test");
        string config = Write(
            "strict.cfg",
            Configuration.Replace("bind 127.0.0.1:8000", $"bind 127.0.0.1:8000 ssl crt {pem} strict-sni", StringComparison.Ordinal)
        );
        (int status, _, string errors) = CommandRuns.Run("explain", "-f", config, "--sni", "nobody.example");
        Assert.Equal(2, status);
        Assert.Contains("TLS refused it", errors);
        Assert.Contains(
            "no listener of 'web' takes TLS",
            CommandRuns.Run("explain", "-f", Write("my.cfg", Configuration), "--sni", "x").Errors
        );
    }
}
