// Variables, formats and samples between the steps of checks, on both programs.
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Checks;

public sealed class CheckValueTests : DialogueScenario
{
    private const string Answer = "HTTP/1.1 203 Fine\r\nX-A: one\r\nX-A: two\r\nContent-Length: 5\r\n\r\nbody!";

    /// <summary>Variables of the process that another backend could have set are its own here.</summary>
    protected override string Before => "global\n    set-var proc.given str(global)\n";

    private static readonly Case[] s_http =
    [
        new(
            "option httpchk\nhttp-check set-var(check.a) str(AA)\nhttp-check set-var(sess.x) int(9),add(1)\n"
                + "http-check send meth GET uri-lf \"/u?%[var(check.a)]&%[var(sess.x)]\" ver HTTP/1.1 hdr x-g \"%[var(proc.given)]\" "
                + "hdr x-n \"%[var(check.none)]\" hdr x-s \"%s %[srv_name] %[be_name]\" body-lf \"body=%[var(check.a)]\"",
            $"|{Answer}",
            "UP L7OK 203",
            "GET /u?AA&10 HTTP/1.1\r\nx-g: global\r\nx-s: s s b0\r\ncontent-length: 7\r\nconnection: close\r\n\r\nbody=AA"
        ),
        new(
            "option httpchk\nhttp-check expect status 200-299 on-success \"st=%[status] h=%[res.hdr(x-a)] b=%[res.body]\" status-code int(299)",
            $"|{Answer}",
            "UP L7OK 299 st=203 h=two b=body!"
        ),
        new(
            "option httpchk\nhttp-check expect status 400 on-error \"got %[status] for %[srv_name]\" status-code status,add(1)",
            $"|{Answer}",
            "DOWN L7STS 204 got 203 for s"
        ),
        new("option httpchk\nhttp-check expect status 203 status-code str(abc)", $"|{Answer}", "UP L7OK 0"),
        new("option httpchk\nhttp-check expect string-lf \"bo%[str(dy)]\"", $"|{Answer}", "UP L7OK 203"),
        new(
            "option httpchk\nhttp-check expect ! string-lf \"bo%[str(dy)]\"",
            $"|{Answer}",
            "DOWN L7RSP  HTTP check matched unwanted content"
        ),
        new("option httpchk\nhttp-check expect string-lf \"xo%[str(dy)]\"", $"|{Answer}", "DOWN L7RSP  HTTP content check did not match"),
        new("option httpchk\nhttp-check expect fhdr name-lf \"x-%[str(a)]\" value-lf -m sub \"%[str(n)]\"", $"|{Answer}", "UP L7OK 203"),
        new("option httpchk\nhttp-check expect hdr name-lf \"x-%[str(b)]\"", $"|{Answer}", "DOWN L7STS 203 Fine"),
        new("option httpchk\nhttp-check expect hdr name x-a value-lf \"tw%[str(o)]\"", $"|{Answer}", "UP L7OK 203"),
        new(
            "option httpchk\nhttp-check set-var(check.x) str(early)\nhttp-check connect\nhttp-check send uri-lf \"/%[var(check.x)]\"\n"
                + "http-check expect status 203\nhttp-check unset-var(check.x)\nhttp-check set-var-fmt(check.y) \"%[res.hdr(x-a)]%[var(check.x)]\"\n"
                + "http-check connect\nhttp-check send uri-lf \"/%[var(check.y)]\"\nhttp-check expect status 203 on-success \"%[var(check.y)]\"",
            $"|{Answer}",
            "UP L7OK 203 two",
            "OPTIONS /early HTTP/1.0\r\n\r\n"
        ),
    ];

    private static readonly Case[] s_tcp =
    [
        new(
            "option tcp-check\ntcp-check connect\ntcp-check set-var(check.z) str(zz)\ntcp-check expect string HELLO\n"
                + "tcp-check set-var(check.rep) res.payload(0,5)\ntcp-check set-var(check.len) res.len\n"
                + "tcp-check send-lf \"name=%[var(check.z)] %[var(check.rep)] %[var(check.len)]\"\ntcp-check expect string REPLY\n"
                + "tcp-check send-binary-lf \"%[str(Az),hex]0d0a\"\ntcp-check expect string-lf \"%[str(Az)]\" on-success \"done %[res.payload(0,0),length]\"",
            "HELLO 5 abcde\r\n|REPLY|and Az\r\n",
            "UP L7OK 0 done 8",
            "name=zz HELLO 15"
        ),
        new(
            "option tcp-check\ntcp-check set-var(check.z,ifset) str(zz)\ntcp-check send-lf \"[%[var(check.z)]]\"\n"
                + "tcp-check expect ! string-lf \"REPLY\" on-error \"bad %[res.payload(0,0)]\"",
            "|REPLY",
            "DOWN L7RSP  bad REPLY",
            "[]"
        ),
        new(
            "option tcp-check\ntcp-check expect string-lf \"%[str(Az)]\" min-recv 0",
            "HELLO",
            "DOWN L7RSP  TCPCHK did not match content (log-format string) at step 1"
        ),
        new(
            "option tcp-check\ntcp-check expect ! binary-lf \"%[str(H),hex]\" comment why",
            "HELLO",
            "DOWN L7RSP  TCPCHK matched unwanted content (log-format binary) at step 1 comment: why"
        ),
        new(
            "option tcp-check\ntcp-check expect binary-lf \"%[str(A),hex]4\" min-recv 0",
            "HELLO",
            "DOWN L7RSP  Failed to parse hexastring resulting of eval of a log-format string"
        ),
        new(
            "option tcp-check\ntcp-check expect string-lf \"%[var(check.none)]\"",
            "HELLO",
            "DOWN L7RSP  log-format string evaluated to an empty string"
        ),
        new(
            "option tcp-check\ntcp-check send-binary-lf \"%[str(A),hex]4\"\ntcp-check expect string x",
            "",
            "DOWN L7RSP  tcp-check send : failed to build log-format string at step 1"
        ),
        new(
            "option tcp-check\ndefault-server inter 60\ntcp-check expect string-lf \"%[str(Az)]\"",
            "HELLO",
            "DOWN L7TOUT   at step 1 of tcp-check (expect log-format string)"
        ),
        new(
            "option tcp-check\ntcp-check set-var(check.port) int(1)\ntcp-check connect port var(check.port)\ntcp-check expect string H",
            "HELLO",
            "DOWN L4CON  Connection refused at step 2 of tcp-check (connect)"
        ),
        new("option tcp-check\ntcp-check connect port var(check.none)\ntcp-check expect string H", "HELLO", "UP L7OK 0 (tcp-check)"),
    ];

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Http(Product product) => Check(product, s_http);

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Tcp(Product product) => Check(product, s_tcp);

    /// <summary>HAProxy has them from 3.4 on.</summary>
    [Fact]
    public void A_section_is_the_check_of_those_that_name_it()
    {
        OriginServer origin = Origin(c =>
        {
            while (c.TryReadHead(out string head))
                c.Send(
                    head.StartsWith("GET /health ", System.StringComparison.Ordinal)
                        ? Answer
                        : "HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n"
                );
        });
        Start(
            Product.Baton,
            Config(
                $$"""
                healthcheck one
                    type httpchk GET /health
                    http-check expect status 203 on-success "%[srv_name]"
                healthcheck two
                    type tcp-check
                    tcp-check connect
                backend b
                    option httpchk GET /other
                    server own 127.0.0.1:{{origin.Port}} check fall 1
                    server one 127.0.0.1:{{origin.Port}} check healthcheck one
                    server two 127.0.0.1:{{origin.Port}} check healthcheck two
                """
            )
        );
        Await("DOWN L7STS No", "b", "own");
        Await("UP L7OK one", "b", "one");
        Await("UP L4OK", "b", "two");
        Assert.Contains("unable to find healthcheck 'tow'", Command($"add server b/new 127.0.0.1:{origin.Port} check healthcheck tow"));
        Command($"add server b/new 127.0.0.1:{origin.Port} check healthcheck one enabled; enable health b/new");
        Await("UP L7OK new", "b", "new");
    }
}
