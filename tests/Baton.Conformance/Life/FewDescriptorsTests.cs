// Starts with hardly any descriptors: they work, or end with a reason. What could start processes without end runs in a
// pid namespace that a time limit ends, so that a fault harms nobody.
using System;
using System.IO;
using System.Linq;
using System.Threading;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Life;

public sealed class FewDescriptorsTests : Scenario
{
    private const string Config = """
        global
            nbthread 1
            maxconn 5
            no strict-limits
        frontend fe
            mode http
            timeout client 1s
            bind 127.0.0.1:${p1}
            http-request return status 200
        """;

    /// <summary>Starts it in the background below a limit of descriptors: its status, and the processes that run a second later.</summary>
    private (string Status, int Processes) Detach(Product product, int limit, string options)
    {
        string config = Path.Combine(Directory, "few.cfg");
        File.WriteAllText(config, Config.Replace("${p1}", Ports.Free().ToString(), StringComparison.Ordinal) + "\n");
        string script =
            $"ulimit -n {limit}; \"$0\" {options} -f {config} >/dev/null 2>&1; echo status $?; sleep 1; set -- /proc/[0-9]*; echo processes $(($# - 1))";
        (_, string output) = Run(
            "timeout",
            "-s",
            "KILL",
            "10",
            "unshare",
            "-p",
            "-f",
            "--mount-proc",
            "--kill-child",
            "sh",
            "-c",
            script,
            Products.Path(product)
        );
        string[] lines = output.Split('\n');
        Assert.True(lines.Any(static l => l.StartsWith("processes ", StringComparison.Ordinal)), $"it does not come to an end: {output}");
        return (lines[0], int.Parse(lines.First(static l => l.StartsWith("processes ", StringComparison.Ordinal)).AsSpan(10)));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_process_in_the_background_is_one_and_a_master_has_one_worker(Product product)
    {
        foreach (int limit in (int[])[60, 300, 512])
        {
            Assert.Equal(("status 0", 1), Detach(product, limit, "-D"));
            // haproxy's worker does not come up with so few, and that is not told
            if (product == Product.Haproxy && limit < 300)
                continue;
            Assert.Equal(("status 0", 2), Detach(product, limit, "-W -D"));
        }
    }

    [Fact]
    public void Too_few_descriptors_are_a_reason_and_not_a_crash()
    {
        for (int limit = 4; limit <= 20; limit++)
        {
            ProxyProcess proxy = Start(
                Product.Baton,
                Config,
                new ProxyOptions
                {
                    DescriptorLimit = limit,
                    EndsItself = true,
                    NoWait = true,
                }
            );
            Eventually(
                () => proxy.HasExited || Ports.Listening().Contains(proxy.Port()),
                $"neither serves nor ends with {limit} descriptors"
            );
            // it may be bound and still find that there are not enough to accept on it
            Thread.Sleep(50);
            proxy.Signal(15);
            int status = proxy.WaitForExit();
            Assert.True(status is 143 or 1, $"{limit} descriptors: {status}, {proxy.ErrorText}");
            Assert.DoesNotContain("Unhandled", proxy.ErrorText);
            if (status == 1)
                Eventually(() => proxy.ErrorText.Contains("[ALERT]", StringComparison.Ordinal), $"{limit} descriptors: no reason");
        }
    }

    [Fact]
    public void A_process_that_is_told_to_be_a_child_or_a_worker_never_starts_another()
    {
        string config = Path.Combine(Directory, "child.cfg");
        File.WriteAllText(config, Config.Replace("${p1}", Ports.Free().ToString(), StringComparison.Ordinal) + "\n");
        string script =
            $"n() {{ set -- /proc/[0-9]*; echo $(($# - 1)); }}; BATON_READY_FD=-1 \"$0\" -D -f {config} & sleep 0.7; n; kill $!; wait; "
            + $"BATON_WORKER=77,78 \"$0\" -W -f {config}; echo worker $?; n";
        (_, string output) = Run(
            "timeout",
            "-s",
            "KILL",
            "10",
            "unshare",
            "-p",
            "-f",
            "--mount-proc",
            "--kill-child",
            "sh",
            "-c",
            script,
            Products.Path(Product.Baton)
        );
        Assert.Equal(
            ["1", "worker 1", "0"],
            output.Split('\n').Where(static l => l.Length > 0 && (l[0] is 'w' || char.IsAsciiDigit(l[0])))
        );
    }
}
