// Short runs of every strategy. Those that lose must lose (otherwise the lab sees nothing), those that must not lose must not. Where the
// kernel or the container lacks what a method needs, the lab must say so.
using System;
using System.IO;
using System.Linq;
using System.Threading;
using Baton.Lab.Methods;
using Baton.Lab.Runs;
using Baton.Lab.Stages;
using Xunit;

namespace Baton.LabTests;

public sealed class MethodTests
{
    /// <summary>Null on a machine where nothing of the lab can be run.</summary>
    private static readonly string? NoNetwork = NetworkNamespace.Unavailable();

    private static CaseResult Run(string name, string target, string load, string seconds = "2", string rate = "3000")
    {
        LabOptions options = LabOptions.Parse([
            "--method",
            name,
            "--target",
            target,
            "--load",
            load,
            "--duration",
            seconds,
            "--rate",
            rate,
            "--reloads-per-second",
            "6",
            "--live",
            "50",
        ]);
        if (Environment.GetEnvironmentVariable("BATON_BINARY") is { Length: > 0 } binary)
            options.BatonProgram = Path.GetFullPath(binary);
        Assert.Null(options.Error);
        return new CaseRunner(options, CancellationToken.None).Run(
            options.Methods.Single(),
            options.Targets.Single(),
            options.Loads.Single()
        );
    }

    /// <summary>False when the method has said, with a reason, that it is not available here.</summary>
    private static bool HasRun(CaseResult r)
    {
        if (NoNetwork is not null)
        {
            Assert.NotEmpty(NoNetwork);
            return false;
        }
        if (r.Unavailable is { } why)
        {
            // what only needs the two programs is available wherever namespaces are
            Assert.True(r.Method is "syn-drop" or "syn-delay" or "empty-ack-drop" or "migrate" or "reuseport-bpf", $"{r.Name}: {why}");
            Assert.NotEmpty(why);
            return false;
        }
        Assert.True(r.Trouble is null, r.Trouble);
        // on a machine that is busy with something else one reload may take most of the run
        Assert.True(r.Reloads >= 1, $"{r.Name}: {r.Reloads} reloads");
        Assert.True(r.Requests > 200, $"{r.Name}: {r.Requests} requests");
        Assert.Equal(r.Reloads, r.Marks.Count);
        Assert.Equal(0, r.Error("local"));
        return true;
    }

    private static CaseResult? Try(string name, string target, string load, string seconds = "2", string rate = "3000")
    {
        if (NoNetwork is not null)
        {
            Assert.NotEmpty(NoNetwork);
            return null;
        }
        CaseResult r = Run(name, target, load, seconds, rate);
        return HasRun(r) ? r : null;
    }

    [Theory]
    [InlineData("stop-start", "baton", "3000")]
    [InlineData("stop-start", "haproxy", "3000")]
    [InlineData("2006", "baton", "3000")]
    [InlineData("2006", "haproxy", "3000")]
    // as fast as it goes: there has to be somebody in the queue when it is closed
    [InlineData("reuseport", "haproxy", "0")]
    public void A_method_that_loses_is_seen_to_lose(string name, string target, string rate)
    {
        // luck may spare a short run: not three of them
        CaseResult? r = null;
        for (int attempt = 0; attempt < 3; attempt++)
        {
            if ((r = Try(name, target, "short", "2.5", rate)) is null)
                return;
            if (r.Failed > 0)
                break;
        }
        Assert.False(r!.ExpectedLossless);
        Assert.True(r.Refusals() + r.Resets > 0, $"{r.Name}: {r.Reloads} reloads, nothing of {r.Requests} lost");
        Assert.True(r.PerMillion > 0);
    }

    [Theory]
    [InlineData("socket-server", "baton", "short")]
    [InlineData("socket-server", "haproxy", "short")]
    [InlineData("passed-sockets", "baton", "short")]
    [InlineData("passed-sockets", "haproxy", "short")]
    [InlineData("master-worker", "baton", "short")]
    [InlineData("master-worker", "haproxy", "short")]
    [InlineData("handover", "baton", "short")]
    [InlineData("handover", "baton", "keepalive")]
    [InlineData("handover", "baton", "tunnel")]
    [InlineData("handover", "baton", "websocket")]
    [InlineData("take-over", "baton", "short")]
    [InlineData("take-over", "haproxy", "short")]
    public void A_method_that_must_lose_nothing_loses_nothing(string name, string target, string load)
    {
        if (Try(name, target, load) is not { } r)
            return;
        Assert.True(r.ExpectedLossless);
        Assert.True(r.Failed == 0, $"{r.Name}: {r.Failed} of {r.Requests}: {string.Join(", ", r.Errors.Where(e => e.Value > 0))}");
    }

    /// <summary>The tricks of the time between: they have to run, to reload, and to leave most requests alone.</summary>
    [Theory]
    [InlineData("syn-drop")]
    [InlineData("syn-delay")]
    [InlineData("empty-ack-drop")]
    [InlineData("migrate")]
    [InlineData("reuseport-bpf")]
    public void A_trick_of_the_kernel_runs_or_says_why_not(string name)
    {
        if (Try(name, "baton", "short") is not { } r)
            return;
        // without empty ACKs half-open connections end with their listener: how many is a matter of how long a reload takes
        Assert.True(r.Failed * (name == "empty-ack-drop" ? 2 : 100) < r.Requests, $"{r.Name}: {r.Failed} of {r.Requests} failed");
        // a dropped SYN is sent again after a second
        if (name == "syn-drop")
            Assert.True(r.Max > 900_000, $"{r.Max} µs at most: no SYN was dropped");
    }

    [Fact]
    public void What_haproxy_cannot_do_is_said()
    {
        CaseResult r = Run("handover", "haproxy", "keepalive");
        Assert.NotNull(r.Unavailable);
        Assert.Equal(0, r.Requests);
    }

    [Fact]
    public void An_interrupt_ends_a_run_in_order()
    {
        if (NoNetwork is not null)
        {
            Assert.NotEmpty(NoNetwork);
            return;
        }
        LabOptions options = LabOptions.Parse(["--method", "passed-sockets", "--target", "baton", "--duration", "60", "--rate", "1000"]);
        if (Environment.GetEnvironmentVariable("BATON_BINARY") is { Length: > 0 } binary)
            options.BatonProgram = Path.GetFullPath(binary);
        using var interrupt = new CancellationTokenSource(2000);
        long start = Environment.TickCount64;
        CaseResult r = new CaseRunner(options, interrupt.Token).Run(options.Methods.Single(), Target.Baton, LoadKind.Short);
        Assert.True(Environment.TickCount64 - start < 20_000);
        Assert.True(r.Requests > 0 && r.Failed == 0, $"{r.Failed} of {r.Requests}: {r.Trouble}");
    }

    [Fact]
    public void A_run_leaves_nothing_behind()
    {
        if (NoNetwork is not null)
        {
            Assert.NotEmpty(NoNetwork);
            return;
        }
        string mine = $"baton-lab-{Environment.ProcessId}-";
        Run("passed-sockets", "baton", "tunnel", "1");
        Assert.DoesNotContain(Directory.GetFiles("/run/netns"), f => Path.GetFileName(f).StartsWith(mine, StringComparison.Ordinal));
        if (Shell.Find("nft") is not null)
            Assert.DoesNotContain("ip lab", Shell.Run("nft", "list", "tables").Output);
    }
}

internal static class Results
{
    public static long Refusals(this CaseResult r) => r.Error("refused");
}
