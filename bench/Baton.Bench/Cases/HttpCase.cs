// Requests over HTTP, made by wrk: CPU of the proxy for each.
using System;
using System.Globalization;
using System.IO;
using System.Text.RegularExpressions;
using Baton.Bench.Contestants;
using Baton.Bench.Measures;

namespace Baton.Bench.Cases;

/// <summary>CPU per request is steadier than requests per second on a shared machine.</summary>
public sealed class HttpCase(
    string name,
    string title,
    Setup setup,
    string path = "/",
    int connections = 64,
    bool close = false,
    double megabytes = 0
) : Case(name, title, "µs/request", megabytes > 0 ? "MB/s" : "req/s")
{
    public override Setup Setup => setup;

    /// <summary>Ten thousand server connections each: the origin has room for those of one proxy at a time.</summary>
    public override bool NeedsRunningProxy => setup.Backends == 1;

    public override Sample Measure(Contestant proxy, double seconds)
    {
        if (NeedsRunningProxy)
            return Load(proxy, seconds);
        proxy.Start(setup);
        try
        {
            // until every server has its connection
            Load(proxy, 3);
            return Load(proxy, seconds);
        }
        finally
        {
            proxy.Stop();
        }
    }

    private Sample Load(Contestant proxy, double seconds)
    {
        // wrk counts whole seconds
        int whole = Math.Max(1, (int)Math.Round(seconds));
        string options = close ? "-H 'Connection: close'" : "";
        if (setup.Rules > 0)
            options +=
                " -H 'User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36'";
        if (setup.Backends > 1)
            options += " -s " + ManyHosts(Path.GetDirectoryName(proxy.ConfigFile)!);
        double before = ProcessMeter.CpuSeconds(proxy.Pid);
        string output = Commands.Shell(
            string.Create(
                CultureInfo.InvariantCulture,
                $"taskset -c {Cores.Load(setup.Workers)} wrk -t1 -c{connections} -d{whole}s {options} http://127.0.0.1:{proxy.Port}{path}"
            )
        );
        double used = ProcessMeter.CpuSeconds(proxy.Pid) - before;
        if (Regex.Match(output, "Socket errors.*|Non-2xx.*") is { Success: true } bad)
            throw new InvalidOperationException($"{proxy.Name}, {Name}: {bad.Value}");
        Match done = Regex.Match(output, @"(\d+) requests in ([\d.]+)(ms|s|m)");
        double requests = double.Parse(done.Groups[1].Value, CultureInfo.InvariantCulture),
            rate = requests / whole;
        if (requests == 0)
            throw new InvalidOperationException($"{proxy.Name}, {Name}: no request was answered: {output}");
        return new Sample(used * 1e6 / requests, megabytes > 0 ? rate * megabytes : rate);
    }

    /// <summary>A script for wrk: the Host field goes around the backends, a stride apart.</summary>
    private string ManyHosts(string directory)
    {
        string file = Path.Combine(directory, "hosts.lua");
        if (!File.Exists(file))
            File.WriteAllText(
                file,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $$"""
                    local n, all = 0, {}
                    function init() for i = 0, {{setup.Backends - 1}} do all[i] = wrk.format(nil, nil, { Host = "b" .. i }) end end
                    function request() n = (n + 37) % {{setup.Backends}}; return all[n] end
                    """
                )
            );
        return file;
    }
}
