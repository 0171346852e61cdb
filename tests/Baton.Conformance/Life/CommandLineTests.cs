// The command line as scripts and people use it: what is printed, on which stream, and the exit status; the same of haproxy.
using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Life;

public sealed class CommandLineTests : Scenario
{
    private const string Valid = "frontend f\n  mode http\n  bind 127.0.0.1:1\n  timeout client 1s\n  http-request deny\n";
    private const string Warned = "frontend f\n  mode http\n  bind 127.0.0.1:1\n  http-request deny\n";

    private (int Status, string Output, string Error) Execute(Product product, params string[] arguments)
    {
        var info = new ProcessStartInfo(Products.Path(product))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Directory,
        };
        foreach (string a in arguments)
            info.ArgumentList.Add(a);
        using Process process = Process.Start(info)!;
        System.Threading.Tasks.Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        if (!process.WaitForExit(Patience.Ms))
        {
            process.Kill();
            Assert.Fail($"{product} {string.Join(' ', arguments)} does not end");
        }
        return (process.ExitCode, output, error.Result);
    }

    private void File(string name, string text) => System.IO.File.WriteAllText(Path.Combine(Directory, name), text);

    private void Files()
    {
        File("ok.cfg", Valid);
        File("warn.cfg", Warned);
        File("bad.cfg", Valid + "  nonsense\n");
        File("empty.cfg", "");
        File("nobind.cfg", "frontend f\n  mode http\n  timeout client 1s\n");
        File("backend.cfg", "backend b\n  mode http\n");
        File("disabled.cfg", Valid + "  disabled\n");
        System.IO.Directory.CreateDirectory(Path.Combine(Directory, "none"));
        System.IO.Directory.CreateDirectory(Path.Combine(Directory, "some"));
        File("some/b.cfg", Valid);
        File("split.cfg", "  maxconn 20\n" + Valid);
        File("some/a.cfg", "global\n");
        File("some/c.txt", "nonsense\n");
        File("some/.d.cfg", "nonsense\n");
    }

    /// <summary>Arguments, status, a pattern for standard output and one for standard error; empty for nothing at all.</summary>
    public static TheoryData<Product, string, int, string, string> Cases =>
        Both(
            ("-c -f ok.cfg", 0, "^Configuration file is valid\n$", ""),
            ("-c -q -f ok.cfg", 0, "", ""),
            ("-c -V -f ok.cfg", 0, "Configuration file is valid\n$", ""),
            (
                "-c -f warn.cfg",
                0,
                "^Warnings were found.\nConfiguration file is valid\n$",
                @"\[WARNING\]  \(\d+\) : config : missing timeouts for frontend 'f'"
            ),
            ("-c -dW -f warn.cfg", 1, "", "Some warnings were found and 'zero-warning' is set. Aborting."),
            ("-c -dW -f ok.cfg", 0, "valid", ""),
            (
                "-c -f bad.cfg",
                1,
                "",
                @"\[ALERT\]    \(\d+\) : config : parsing \[bad.cfg:6\] : unknown keyword 'nonsense' in 'frontend' section"
            ),
            ("-c -f empty.cfg", 2, @"^Configuration file has no error but will not start \(no listener\) => exit\(2\).\n$", ""),
            ("-c -f nobind.cfg", 2, "no listener", "has no 'bind' directive"),
            ("-c -f backend.cfg", 2, "no listener", ""),
            ("-c -f disabled.cfg", 2, "no listener", ""),
            ("-f backend.cfg", 1, "", @"\.main\(\)\] No enabled listener found \(check for 'bind' directives\) ! Exiting."),
            ("-c -f missing.cfg", 1, "", "Cannot open configuration file/directory missing.cfg : No such file or directory"),
            ("-c -f some", 0, "valid", ""),
            ("-c -f some/a.cfg -f some/b.cfg", 0, "valid", ""),
            ("-c -- some/a.cfg some/b.cfg", 0, "valid", ""),
            ("-C some -c -f b.cfg -f a.cfg", 0, "valid", ""),
            ("-c -f some/a.cfg -f split.cfg", 1, "", "unknown keyword 'maxconn' out of section"),
            ("-C nowhere -c -f ok.cfg", 1, "", "Could not change to directory nowhere : No such file or directory"),
            (
                "-L me -n 100 -N 10 -m 2000 -p pid -D -d -db -de -dp -dr -dS -dG -dV -dR -dM -dM0xAA,no-merge -dMfail -c -f ok.cfg",
                0,
                "valid",
                ""
            ),
            ("-dMnonsense -c -f ok.cfg", 1, "", "-dM: unknown pool debugging feature <nonsense>"),
            ("-dKall -c -f ok.cfg", 0, "# List of registered sample converter functions:\n(.|\n)*valid", ""),
            ("-dL -c -f ok.cfg", 0, "^List of loaded object files:\n/(.|\n)*valid", ""),
            ("-sf -c -f ok.cfg", 0, "valid", ""),
            ("-sf 1x -c -f ok.cfg", 1, "", "1x|x"),
            ("-h", 1, "version", "^Usage : "),
            ("", 1, "version", "^Usage : "),
            ("-c", 1, null!, "Usage : "),
            ("-c -f none", 1, null!, "Usage : "),
            ("-c ok.cfg", 1, null!, "Usage : "),
            ("-zz", 1, null!, "Usage : "),
            ("-c -f", 1, "", "ALERT"),
            ("-v", 0, @"^HAProxy version \d+\.\d+|^Baton version .*\nHAProxy version \d+\.\d+", "")
        );

    private static TheoryData<Product, string, int, string, string> Both(
        params (string Arguments, int Status, string Output, string Error)[] rows
    )
    {
        var data = new TheoryData<Product, string, int, string, string>();
        foreach (Product product in (Product[])[Product.Baton, Product.Haproxy])
        foreach ((string arguments, int status, string output, string error) in rows)
            data.Add(product, arguments, status, output, error);
        return data;
    }

    [Theory, MemberData(nameof(Cases))]
    public void Options(Product product, string arguments, int status, string? output, string error)
    {
        Files();
        (int ended, string said, string complained) = Execute(product, arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.True(status == ended, $"{ended}: {said}{complained}");
        if (output is not null)
            Check(output, said);
        Check(error, complained);
    }

    private static void Check(string pattern, string text)
    {
        if (pattern.Length == 0)
            Assert.Equal("", text);
        else
            Assert.Matches(pattern, text);
    }

    [Theory]
    [InlineData("streq(\"$BATON_NOT_SET\",\"\")", 0)]
    [InlineData("streq(\"a b\",\"a b\") && !0", 0)]
    [InlineData("defined(PATH) && !defined(BATON_NOT_SET) || 0", 0)]
    [InlineData("feature(EPOLL)", 0)]
    [InlineData("version_atleast(2.4)", 0)]
    [InlineData("version_before(2.4)", 1)]
    [InlineData("", 1)]
    [InlineData("1 1", 2)]
    [InlineData("streq(a)", 2)]
    [InlineData("\"1", 2)]
    public void Conditions(string condition, int status)
    {
        foreach (Product product in (Product[])[Product.Baton, Product.Haproxy])
        {
            (int ended, string output, string error) = Execute(product, "-cc", condition);
            Assert.Equal(status, ended);
            Assert.Equal("", output);
            Assert.Equal(status == 2, error.Contains("[ALERT]", StringComparison.Ordinal));
        }
    }

    /// <summary>Lines that scripts look for in "haproxy -vv".</summary>
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void The_build_is_described(Product product)
    {
        (int status, string text, string error) = Execute(product, "-vv");
        Assert.Equal((0, ""), (status, error));
        foreach (
            string pattern in (string[])
                [
                    "^Build options :",
                    "^  TARGET  = linux-glibc$",
                    "^  OPTIONS = .*USE_PCRE2=1",
                    @"^Feature list : .*\+EPOLL.*\+NS.*\+PCRE2.*\+THREAD",
                    "^Default settings :$",
                    "^  bufsize = 16384, maxrewrite = 1024, maxpollevents = 200$",
                    "^Built with multi-threading support",
                    "^Available polling systems :$",
                    "^      epoll : pref=300,  test result OK$",
                    "will use epoll.$",
                    "^Available multiplexer protocols :$",
                    "^         h1 : mode=HTTP  side=FE|BE  mux=H1",
                    "^Available services : ",
                    "^Available filters :",
                ]
        )
            Assert.Matches(new Regex(pattern, RegexOptions.Multiline), text);
    }

    /// <summary>What the build claims is what conditions are told.</summary>
    [Fact]
    public void Features_are_those_of_the_predicate()
    {
        string list = Regex.Match(Execute(Product.Baton, "-vv").Output, "^Feature list : (.*)$", RegexOptions.Multiline).Groups[1].Value;
        foreach (string feature in list.Split(' ').Where((_, i) => i % 6 == 0))
            Assert.Equal(feature[0] == '+' ? 0 : 1, Execute(Product.Baton, "-cc", $"feature({feature[1..]})").Status);
    }

    [Fact]
    public void A_link_named_haproxy_speaks_as_haproxy_does()
    {
        string link = Path.Combine(Directory, "haproxy");
        System.IO.File.CreateSymbolicLink(link, Products.BatonPath);
        (int status, string output) = Run(link, "-v");
        Assert.Equal(0, status);
        Assert.Matches(@"^HAProxy version 3\.2\.0", output);
    }

    [Fact]
    public void The_configuration_is_printed_as_it_was_understood()
    {
        File("x.cfg", "global # first\n  maxconn 10\n.if 0\n  nonsense\n.endif\n\nfrontend \"f\"\n\tbind '127.0.0.1:1'\n");
        Assert.Equal(
            (0, "global \n\tmaxconn 10 \nfrontend f \n\tbind 127.0.0.1:1 \n"),
            Execute(Product.Baton, "-dC", "-q", "-f", "x.cfg") is var (status, output, _) ? (status, output) : default
        );
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Unresolvable_servers_can_be_ignored(Product product)
    {
        File("name.cfg", Valid + "backend b\n  mode http\n  timeout connect 1s\n  timeout server 1s\n  server s name.invalid:80\n");
        Assert.Equal(1, Execute(product, "-c", "-f", "name.cfg").Status);
        Assert.Equal(0, Execute(product, "-dr", "-c", "-f", "name.cfg").Status);
    }

    /// <summary>Variables that say where a line stands, and diagnostics that only -dD shows.</summary>
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Positions_and_diagnostics(Product product)
    {
        File(
            "at.cfg",
            ".notice \"${.FILE} ${.LINE} ${.SECTION}.\"\n" + Valid + ".notice \"${.LINE} ${.SECTION} ${HAPROXY_LOCALPEER}\"\n.diag look\n"
        );
        string text = Execute(product, "-L", "me", "-c", "-f", "at.cfg").Error;
        Assert.Contains("'at.cfg 1 .'.", text, StringComparison.Ordinal);
        Assert.Contains("'7 f me'.", text, StringComparison.Ordinal);
        Assert.DoesNotContain("look", text, StringComparison.Ordinal);
        Assert.Contains("'look'.", Execute(product, "-dD", "-c", "-f", "at.cfg").Error, StringComparison.Ordinal);
    }

    private const string Traced = """
        global
            nbthread 1
        defaults
            mode http
            timeout connect 1s
            timeout client 1s
            timeout server 1s
        frontend fe
            bind 127.0.0.1:${p1}
            default_backend be
        backend be
            server s1 127.0.0.1:${p2}
        frontend origin
            bind 127.0.0.1:${p2}
            http-request return status 200 content-type text/plain string hello hdr X-A b
        listen relay
            mode tcp
            bind 127.0.0.1:${p3}
            server s1 127.0.0.1:${p2}
        """;

    /// <summary>-d: what passes, line by line; numbers of streams, descriptors and ports differ.</summary>
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Debug_mode_shows_what_passes(Product product)
    {
        ProxyProcess proxy = Start(product, Traced, new ProxyOptions { Arguments = ["-d"] });
        RawClient client = Connect(proxy);
        client.Send("GET /one HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        Assert.Equal("hello", client.ReadResponse().Body);
        string[] expected =
        [
            @"^[0-9a-f]{8}:fe\.accept\([0-9a-f]{4}\)=[0-9a-f]{4} from \[127\.0\.0\.1:\d+\] ALPN=<none>$",
            @"^[0-9a-f]{8}:fe\.clireq\[[0-9a-f]{4}:ffffffff\]: GET /one HTTP/1\.1$",
            @"^[0-9a-f]{8}:fe\.clihdr\[[0-9a-f]{4}:ffffffff\]: host: a$",
            @"^[0-9a-f]{8}:origin\.clireq\[[0-9a-f]{4}:ffffffff\]: GET /one HTTP/1\.1$",
            @"^[0-9a-f]{8}:origin\.closed\[[0-9a-f]{4}:ffff\]$",
            @"^[0-9a-f]{8}:be\.srvrep\[[0-9a-f]{4}:[0-9a-f]{4}\]: HTTP/1\.1 200 OK$",
            @"^[0-9a-f]{8}:be\.srvhdr\[[0-9a-f]{4}:[0-9a-f]{4}\]: x-a: b$",
            @"^[0-9a-f]{8}:be\.clicls\[[0-9a-f]{4}:[0-9a-f]{4}\]$",
            @"^[0-9a-f]{8}:be\.srvcls\[[0-9a-f]{4}:[0-9a-f]{4}\]$",
            @"^[0-9a-f]{8}:be\.closed\[[0-9a-f]{4}:[0-9a-f]{4}\]$",
        ];
        Eventually(
            () => Array.TrueForAll(expected, pattern => Array.Exists(proxy.OutputLines, line => Regex.IsMatch(line, pattern))),
            "the trace lacks a line"
        );
        Assert.Contains("Using epoll() as the polling mechanism.", proxy.OutputLines);
        RawClient relayed = Connect(proxy, 3);
        relayed.Send("GET /two HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        Assert.Equal("hello", relayed.ReadResponse().Body);
        Eventually(
            () => Array.Exists(proxy.OutputLines, line => line.Contains(":relay.accept(", StringComparison.Ordinal)),
            "the relay's connection is not shown"
        );
    }

    [Fact]
    public void Without_debug_mode_nothing_is_shown()
    {
        ProxyProcess proxy = Start(Product.Baton, Traced);
        RawClient client = Connect(proxy);
        client.Send("GET /one HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        client.ReadResponse();
        Assert.Empty(proxy.OutputLines);
    }

    /// <summary>Bytes of the configuration reach the client as they are.</summary>
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Escaped_bytes_are_bytes(Product product)
    {
        ProxyProcess proxy = Start(
            product,
            Defaults
                + "frontend f\n  bind 127.0.0.1:${p1}\n  http-request return status 200 content-type text/plain lf-string \"\\xe9%[str(\\xff)]\\xc3\\xa9\"\n"
        );
        RawClient client = Connect(proxy);
        client.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal("4", HttpText.Header(client.ReadResponse().Head, "content-length"));
    }

    /// <summary>Netmasks count, and a pattern that could never match is refused.</summary>
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_netmask_may_be_dotted(Product product)
    {
        ProxyProcess proxy = Start(
            product,
            Defaults
                + "frontend f\n  bind 127.0.0.1:${p1}\n  acl near src 127.5.0.0/255.0.0.0\n  http-request return status 204 if near\n  http-request deny\n"
        );
        RawClient client = Connect(proxy);
        client.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal(204, client.ReadResponse().Status);
        File("net.cfg", Valid + "  acl far src 10.0.0.0/33\n");
        Assert.Equal(1, Execute(product, "-c", "-f", "net.cfg").Status);
    }

    private const int SIGINT = 2,
        SIGTERM = 15;

    /// <summary>A process ends by the signal itself, and a master by a status; test drivers tell the two apart.</summary>
    [Theory]
    [InlineData("", SIGINT, -SIGINT)]
    [InlineData("", SIGTERM, -SIGTERM)]
    [InlineData("-W", SIGINT, 128 + SIGINT)]
    [InlineData("-W", SIGTERM, 0)]
    public void How_it_ends(string mode, int signal, int expected)
    {
        const string script = """
            import signal as signals, subprocess, sys, time, socket
            port, signal = int(sys.argv[1]), int(sys.argv[2])
            # a test run in the background may have been told to ignore it
            signals.signal(signals.SIGINT, signals.SIG_DFL)
            p = subprocess.Popen(sys.argv[3:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            for _ in range(6000):
                try: socket.create_connection(("127.0.0.1", port)).close(); break
                except OSError: time.sleep(0.01)
            # haproxy's master listens before it has a worker and takes signals only after
            for _ in range(6000):
                if "-W" not in sys.argv or open(f"/proc/{p.pid}/task/{p.pid}/children").read(): break
                time.sleep(0.01)
            def taken(): return any(int(l.split()[1], 16) >> (signal - 1) & 1 for l in open(f"/proc/{p.pid}/status") if l[:6] in ("SigCgt", "SigBlk"))
            for _ in range(6000):
                if "-W" not in sys.argv or taken(): break
                time.sleep(0.01)
            time.sleep(1)
            p.send_signal(signal)
            try: print(p.wait(50))
            finally: p.kill()
            """;
        foreach (Product product in (Product[])[Product.Baton, Product.Haproxy])
        {
            int port = Ports.Free();
            File("end.cfg", Valid.Replace("127.0.0.1:1", $"127.0.0.1:{port}", StringComparison.Ordinal));
            string[] command =
            [
                Products.Path(product),
                "-f",
                Path.Combine(Directory, "end.cfg"),
                .. mode.Length > 0 ? (string[])[mode] : [],
            ];
            (int status, string output) = Run("python3", ["-c", script, $"{port}", $"{signal}", .. command]);
            Assert.Equal((0, $"{expected}\n"), (status, output));
        }
    }
}
