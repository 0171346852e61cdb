// Checks that run a program: what it is told, what its end means, and that nothing is left of it.
using System;
using System.IO;
using System.Linq;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Checks;

public sealed class ExternalCheckTests : CheckScenario
{
    private string Script(string name, string lines)
    {
        string path = Path.Combine(Directory, name);
        File.WriteAllText(path, $"#!/bin/sh\n{lines}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite);
        return path;
    }

    private ProxyProcess Serve(Product product, string sections, bool ends = false) =>
        Start(
            product,
            Config(sections)
                .Replace("nbthread 1\n", $"nbthread 1\n    external-check\n    insecure-fork-wanted\n", StringComparison.Ordinal),
            new ProxyOptions { EndsItself = ends }
        );

    private const string Columns = "status check_status check_code";

    private static string Backend(string name, string command, string server = "check inter 20s rise 1 fall 1") =>
        $"backend {name}\n    option external-check\n    external-check path /usr/bin:/bin\n    external-check command {command}\n    server s 127.0.0.1:81 {server}\n";

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Its_end_says_how_the_server_does(Product product)
    {
        Serve(
            product,
            "    default-server inter 20s\n"
                + Backend("good", "true")
                + Backend("bad", Script("three", "exit 3"))
                + Backend("killed", Script("killed", "kill -9 $$"))
                + Backend("missing", "/nonexistent")
                + Backend("unknown", "no-such-program-anywhere")
                + Backend("unfit", Path.Combine(Directory, "cli"))
        );
        Await("UP PROCOK 0", "good", "s", Columns);
        Await("DOWN PROCERR 3", "bad", "s", Columns);
        Await("DOWN PROCERR 4294967295", "killed", "s", Columns);
        foreach (string name in (string[])["missing", "unknown", "unfit"])
            Await("DOWN PROCERR 255", name, "s", Columns);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void It_is_told_which_server(Product product)
    {
        string told = Path.Combine(Directory, "told"),
            script = Script(
                "tell",
                $"{{ echo \"$@\"; env | grep -E '^(HAPROXY_(PROXY|SERVER)_|PATH=)' | sort; }} > {told}.new; mv {told}.new {told}"
            );
        ProxyProcess proxy = Serve(
            product,
            $$"""
            listen l
                bind 127.0.0.1:${p1}
                option external-check
                external-check path /usr/bin:/bin
                external-check command {{script}}
                server s 127.0.0.1:81 check inter 20s port 99 addr 127.0.0.9 maxconn 7
            """
        );
        Await("UP PROCOK 0", "l", "s", Columns);
        int id = int.Parse(Row("l", "s")["iid"], System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(
            [
                $"127.0.0.1 {proxy.Port()} 127.0.0.1 81",
                "HAPROXY_PROXY_ADDR=127.0.0.1",
                $"HAPROXY_PROXY_ID={id}",
                "HAPROXY_PROXY_NAME=l",
                $"HAPROXY_PROXY_PORT={proxy.Port()}",
                "HAPROXY_SERVER_ADDR=127.0.0.1",
                "HAPROXY_SERVER_CURCONN=0",
                "HAPROXY_SERVER_ID=1",
                "HAPROXY_SERVER_MAXCONN=7",
                "HAPROXY_SERVER_NAME=s",
                "HAPROXY_SERVER_PORT=81",
                "HAPROXY_SERVER_PROTO=h1",
                "HAPROXY_SERVER_SSL=0",
                "PATH=/usr/bin:/bin",
            ],
            File.ReadAllLines(told).Where(l => !l.StartsWith("HAPROXY_SERVER_CHECK", StringComparison.Ordinal))
        );
    }

    [Fact]
    public void It_has_no_descriptor_of_ours_and_no_signal_is_ignored()
    {
        string told = Path.Combine(Directory, "told"),
            script = Script("tell", $"{{ ls /proc/self/fd; grep SigIgn /proc/self/status; }} > {told}.new; mv {told}.new {told}");
        Serve(Product.Baton, $"frontend f\n    bind 127.0.0.1:${{p1}}\n{Backend("b", script)}");
        Await("UP PROCOK 0", "b", "s", Columns);
        // 3 is what ls reads the list with
        string[] lines = File.ReadAllLines(told);
        Assert.Equal(["0", "1", "2", "3"], lines[..^1]);
        // what whoever started all this has ignored (nohup, a shell's "&") stays so; the C library's own two are beyond those
        const long sigpipe = 1 << 12;
        long before = Ignored(File.ReadAllLines("/proc/self/status")) & ~sigpipe;
        Assert.Equal(0, Ignored(lines) & ~before & 0x7FFF_FFFF);
    }

    private static long Ignored(string[] status) =>
        Convert.ToInt64(status.Single(l => l.StartsWith("SigIgn", StringComparison.Ordinal)).Split('\t')[1], 16);

    private static int Children(ProxyProcess proxy) =>
        System
            .IO.Directory.GetDirectories($"/proc/{proxy.Pid}/task")
            .Sum(t => File.ReadAllText(t + "/children").Split(' ', StringSplitOptions.RemoveEmptyEntries).Length);

    private static int[] Numbers(string text) =>
        [
            .. text.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries)
                .Select(p => int.Parse(p, System.Globalization.CultureInfo.InvariantCulture)),
        ];

    private static bool AreGone(int[] pids) => !pids.Any(p => System.IO.Directory.Exists($"/proc/{p}"));

    [Fact]
    public void What_takes_too_long_is_ended_with_all_that_it_has_started()
    {
        string pids = Path.Combine(Directory, "pids"),
            script = Script("slow", $"trap '' TERM\nsleep 3600 &\necho $$ $! >> {pids}\nwait\nsleep 3600\nsleep 3600");
        ProxyProcess proxy = Serve(Product.Baton, Backend("b", script, "check inter 200 rise 1 fall 1"), ends: true);
        Await("DOWN PROCTOUT 0", "b", "s", "status check_status check_code");
        // one at a time, and the one before is gone with its children
        Eventually(() => File.Exists(pids) && File.ReadAllLines(pids).Length >= 2, "the check goes on");
        Assert.InRange(Children(proxy), 0, 1);
        int[] first = Numbers(File.ReadAllLines(pids)[0]);
        Eventually(() => AreGone(first), "they are gone");
        proxy.Signal(15);
        proxy.WaitForExit();
        int[] all = Numbers(File.ReadAllText(pids));
        Eventually(() => AreGone(all), "nothing is left behind");
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void No_zombie_is_left(Product product)
    {
        ProxyProcess proxy = Serve(product, Backend("b", "true", "check inter 20"));
        Await("UP PROCOK 0", "b", "s", Columns);
        Eventually(() => Children(proxy) == 0, "its children are taken");
    }
}
