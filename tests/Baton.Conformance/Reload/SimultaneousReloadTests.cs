// Several new processes at once for the same old one: they take their turns, each takes over from the one before, and one
// is left.
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Reload;

public sealed class SimultaneousReloadTests
{
    [Fact]
    public void They_take_their_turns_and_one_is_left()
    {
        using var daemons = new Daemons();
        int port = Ports.Free(),
            added = Ports.Free();
        string answer = $"    bind 127.0.0.1:{port}\n    http-request return status 200 content-type text/plain string hello";
        Assert.Equal(0, daemons.Start(Product.Baton, daemons.Write("", $"frontend fe\n{answer}")).Status);
        string next = daemons.Write("", $"frontend fe\n    bind 127.0.0.1:{added}\n{answer}");
        string old = daemons.Pid.ToString(CultureInfo.InvariantCulture);
        var load = new RequestLoad(port);
        var starts = new List<Process>();
        for (int i = 0; i < 6; i++)
        {
            starts.Add(
                Process.Start(
                    new ProcessStartInfo(
                        Products.Path(Product.Baton),
                        ["-D", "-f", next, "-p", daemons.PidFile, "-x", daemons.Socket, "-sf", old]
                    )
                    {
                        RedirectStandardError = true,
                    }
                )!
            );
        }
        var addedLoad = (RequestLoad?)null;
        foreach (Process start in starts)
        {
            string error = start.StandardError.ReadToEnd();
            Assert.True(start.WaitForExit(Patience.Ms), "hangs");
            Assert.True(start.ExitCode == 0, error);
            // an address that came with the first of them is handed on by the others too
            addedLoad ??= new RequestLoad(added, 2);
        }
        foreach (int pid in Processes(daemons.Directory))
            if (pid != daemons.Pid)
                Reloadable.WaitGone(pid, Patience.Ms);
        Assert.Equal([daemons.Pid], Processes(daemons.Directory));
        Assert.Equal((0, null), Failures(load));
        Assert.Equal((0, null), Failures(addedLoad!));
    }

    /// <summary>A turn that does not come is an error, and the one who has it is not disturbed.</summary>
    [Fact]
    public void One_that_waits_in_vain_says_so()
    {
        using var proxy = new Reloadable(
            "frontend fe\n    mode http\n    bind 127.0.0.1:${port}\n    http-request return status 200 content-type text/plain string hello"
        );
        proxy.Reload();
        int pid = proxy.Pid;
        using (var first = new ScriptedSuccessor(proxy.Socket))
        {
            first.ReadGreeting();
            first.SendHello(1, 1, "counters");
            first.ReadUntil(ScriptedSuccessor.Hello);
            Assert.Contains(
                "another process has been taking over",
                Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => proxy.Reload()).Message
            );
        }
        Assert.Null(RequestLoad.Request(proxy.Port));
        Assert.Equal(pid, proxy.Pid);
        proxy.Reload();
        Assert.NotEqual(pid, proxy.Pid);
    }

    private static (int, string?) Failures(RequestLoad load)
    {
        (_, int failed, string? why) = load.Stop();
        return (failed, why);
    }

    private static List<int> Processes(string directory)
    {
        var found = new List<int>();
        foreach (string proc in Directory.GetDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(proc), CultureInfo.InvariantCulture, out int pid))
                continue;
            try
            {
                if (File.ReadAllText(proc + "/cmdline").Contains(directory, System.StringComparison.Ordinal) && Reloadable.IsAlive(pid))
                    found.Add(pid);
            }
            catch (IOException) { }
        }
        return found;
    }
}
