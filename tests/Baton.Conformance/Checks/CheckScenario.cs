// What scenarios of health checks share: rows of the statistics by name, the log with durations masked, a server that can be switched
// off and on again.
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Checks;

public abstract partial class CheckScenario : Scenario
{
    private LogCollector? _log;

    protected LogCollector Log => _log ??= Keep(new LogCollector());

    /// <summary>A configuration with a stats socket and a log; checks are quick, and time-outs long.</summary>
    protected string Config(string sections) =>
        $$"""
            global
                nbthread 1
                stats socket ${dir}/cli level admin
            defaults
                mode http
                log 127.0.0.1:{{Log.Port}} local0
                timeout connect 20s
                timeout client 60s
                timeout server 60s
                timeout queue 60s
                default-server inter 100
            {{sections}}
            """;

    protected string Command(string text)
    {
        using RawClient cli = RawClient.Unix(Path.Combine(Directory, "cli"));
        cli.Send(text + "\n");
        return cli.ReadTextToEnd();
    }

    /// <summary>A row of "show stat", by column.</summary>
    protected Dictionary<string, string> Row(string proxy, string server)
    {
        string[] lines = Command("show stat").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string[] names = lines[0][2..].Split(',');
        string[] row = lines.Select(l => l.Split(',')).First(f => f[0] == proxy && f[1] == server);
        return names.Zip(row).Where(p => p.First.Length > 0).ToDictionary(p => p.First, p => p.Second);
    }

    /// <summary>Some columns of a row, with a blank between them.</summary>
    protected string Show(string proxy, string server, string columns = "status check_status last_chk")
    {
        Dictionary<string, string> row = Row(proxy, server);
        return string.Join(' ', columns.Split(' ').Select(c => row[c])).TrimEnd();
    }

    /// <summary>Waits until the columns say so.</summary>
    protected void Await(string expected, string proxy, string server, string columns = "status check_status last_chk")
    {
        string seen = "";
        Eventually(() => (seen = Show(proxy, server, columns)) == expected, "");
        Assert.Equal(expected, seen);
    }

    [GeneratedRegex(@"check duration: \d+ms")]
    private static partial Regex Duration();

    [GeneratedRegex(@"^<\d+>(?:\S+\s+){3,4}\S+?\[\d+\]: ")]
    private static partial Regex Head();

    /// <summary>The next line of the log about checks and servers: severity and text, without times.</summary>
    protected string NextNotice()
    {
        while (true)
        {
            string line = Log.Next();
            string text = Duration().Replace(line[(line.IndexOf("]: ", StringComparison.Ordinal) + 3)..].Trim(), "check duration: Nms");
            if (text.Contains("erver", StringComparison.Ordinal) || text.StartsWith("backend", StringComparison.Ordinal))
                return line[..(line.IndexOf('>', StringComparison.Ordinal) + 1)] + text;
        }
    }

    /// <summary>An HTTP server on a port that nothing listens on while it is off.</summary>
    protected sealed class SwitchedServer(int port, string body) : IDisposable
    {
        private OriginServer? _running;

        public int Port => port;

        public void On() =>
            _running ??= new OriginServer(
                c =>
                {
                    while (c.TryReadHead(out _))
                        c.Send($"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n\r\n{body}");
                },
                port
            );

        public void Off()
        {
            _running?.Dispose();
            _running = null;
        }

        public void Dispose() => Off();
    }

    protected SwitchedServer Switched(string body = "hello", bool on = false)
    {
        SwitchedServer server = Keep(new SwitchedServer(Ports.Free(), body));
        if (on)
            server.On();
        return server;
    }
}
