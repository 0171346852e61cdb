// What ps, top, pgrep and killall call a process: the name it was started by, also in the background, as a worker, and after
// reloads.
using System;
using System.Collections.Generic;
using System.IO;
using Baton.Conformance.Harness;
using Baton.Conformance.Reload;
using Xunit;

namespace Baton.Conformance.Life;

public sealed class ProcessNameTests : Scenario
{
    private static string Name(int pid) => File.ReadAllText($"/proc/{pid}/comm").TrimEnd('\n');

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_process_in_the_background_bears_the_name_it_was_started_by(Product product)
    {
        using var daemons = new Daemons();
        string config = daemons.Write("", $"frontend fe\n    bind 127.0.0.1:{Ports.Free()}\n    http-request return status 200");
        string link = Path.Combine(daemons.Directory, "edge-proxy");
        File.CreateSymbolicLink(link, Products.Path(product));
        Assert.Equal(0, daemons.Start(product, config).Status);
        Assert.Equal(Path.GetFileName(Products.Path(product)), Name(daemons.Pid));
        int old = daemons.Pid;
        (System.Diagnostics.Process process, string error) = Daemons.Run(
            link,
            [
                "-D",
                "-f",
                config,
                "-p",
                daemons.PidFile,
                "-x",
                daemons.Socket,
                "-sf",
                old.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ]
        );
        using (process)
            Assert.True(process.ExitCode == 0, error);
        Eventually(() => daemons.Pid != old, "the pid file is not written");
        Assert.Equal("edge-proxy", Name(daemons.Pid));
        Assert.StartsWith(link + "\0", File.ReadAllText($"/proc/{daemons.Pid}/cmdline"));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_master_and_its_workers_bear_it_too(Product product)
    {
        using var master = new MasterUnderTest(product);
        var names = new List<string> { Name(master.Pid), Name(master.Workers()[0]) };
        int first = master.Workers()[0];
        int second = 0;
        master.Signal(12);
        master.WaitFor(() => master.Workers() is [var w] && (second = w) != first, "the next worker");
        names.Add(Name(second));
        Assert.Equal(["lb", "lb", "lb"], names);
    }
}
