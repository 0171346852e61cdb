// Checking a configuration: the whole process, from exec to exit.
using System;
using System.Globalization;
using Baton.Bench.Contestants;

namespace Baton.Bench.Cases;

public sealed class CheckCase(string name, string title, Setup setup) : Case(name, title, "ms", "ms of CPU")
{
    private const int Runs = 10;

    public override Setup Setup => setup;
    public override bool NeedsRunningProxy => false;

    public override Sample Measure(Contestant proxy, double seconds)
    {
        proxy.Write(setup);
        // the shell's own "time" over a loop: nothing of this program is in it
        string line = string.Create(
            CultureInfo.InvariantCulture,
            $"TIMEFORMAT='%R %U %S'; time for i in {{1..{Runs}}}; do taskset -c {Cores.Proxy(1)} {proxy.CheckCommand} >/dev/null 2>&1 || exit 1; done"
        );
        string[] times = Commands.Shell(line).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        double Seconds(int i) => double.Parse(times[i], CultureInfo.InvariantCulture) * 1e3 / Runs;
        return new Sample(Seconds(0), Seconds(1) + Seconds(2));
    }
}
