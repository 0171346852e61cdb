// show version, show info, show stat, show schema json, clear counters, show env, show startup-logs, show libs, wait.
using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using Baton.Configuration.Model;
using Baton.Configuration.Values;
using Baton.Engine.Build;
using Baton.Engine.Loop;
using Baton.Engine.Proxies;
using Baton.Engine.Servers;

namespace Baton.Control.Cli;

public static class InformationCommands
{
    /// <summary>What "show version" and "show info" answer; set by the composition root.</summary>
    public static string Version { get; set; } = "";
    public static string ReleaseDate { get; set; } = "";

    /// <summary>What was written to stderr until the process served.</summary>
    public static string StartupLogs { get; set; } = "";

    /// <summary>The configuration as it was understood.</summary>
    public static ReadOnlyMemory<byte> Configuration { get; set; }

    /// <summary>How long the start took.</summary>
    public static int BootTimeMs { get; set; }

    private static void Clear(CliRequest r)
    {
        bool all = r[2] == "all";
        if (all && r.Level < CliLevel.Admin)
        {
            r.Feedback(6, "Permission denied");
            return;
        }
        r.OnEachWorker(w => ClearWorker(r, w.Index, all), () => ClearGauges(r, all));
    }

    private static void ClearWorker(CliRequest r, int worker, bool all)
    {
        foreach (FrontendState f in r.Engine.Frontends)
        {
            f.Counters.Find(worker)?.Clear(all);
            foreach (Engine.Listeners.ListenerState l in f.Listeners)
                l.Counters.Find(worker)?.Clear(all);
        }
        foreach (BackendState b in r.Engine.Backends)
        {
            b.Counters.Find(worker)?.Clear(all);
            foreach (ServerState s in b.Servers)
                s.Counters.Find(worker)?.Clear(all);
        }
        r.Engine.TlsRates.ClearMaxima(worker);
        r.Engine.ConnectionRates[worker].ClearMax();
        r.Engine.SessionRates[worker].ClearMax();
    }

    private static void ClearGauges(CliRequest r, bool all)
    {
        foreach (FrontendState f in r.Engine.Frontends)
        {
            f.ResetMaxSessions();
            foreach (Engine.Listeners.ListenerState l in f.Listeners)
                l.ResetMaxSessions();
        }
        foreach (BackendState b in r.Engine.Backends)
        {
            b.ResetMaxSessions();
            b.Queue.MaxCount = b.Queue.Count;
            foreach (ServerState s in b.Servers)
            {
                s.ResetMaxSessions();
                if (all)
                    s.ClearChecks();
                s.Queue.MaxCount = s.Queue.Count;
            }
        }
    }

    private static void Environment(CliRequest r)
    {
        if (r[2].Length > 0)
        {
            if (System.Environment.GetEnvironmentVariable(r[2]) is { } value)
                r.Line($"{r[2]}={value}");
            else
                r.Fail("Variable not found");
            return;
        }
        foreach (DictionaryEntry e in System.Environment.GetEnvironmentVariables())
            r.Line($"{e.Key}={e.Value}");
    }

    /// <summary>One line for each file whose code is mapped: first and last address, size, path.</summary>
    private static void Libraries(CliRequest r)
    {
        var ranges = new List<(string Path, ulong First, ulong End)>();
        foreach (string line in File.ReadLines("/proc/self/maps"))
        {
            int path = line.IndexOf('/'),
                dash = line.IndexOf('-'),
                space = line.IndexOf(' ');
            if (path < 0 || dash < 0 || space < dash)
                continue;
            ulong first = ulong.Parse(line.AsSpan(0, dash), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            ulong end = ulong.Parse(line.AsSpan(dash + 1, space - dash - 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            int known = ranges.FindIndex(x => x.Path == line[path..]);
            if (known < 0)
                ranges.Add((line[path..], first, end));
            else
                ranges[known] = (ranges[known].Path, ranges[known].First, end);
        }
        foreach ((string path, ulong first, ulong end) in ranges)
            r.Line(string.Create(CultureInfo.InvariantCulture, $"0x{first:x12}-0x{end - 1:x12} (0x{end - first:x7}) {path}"));
    }

    /// <summary>wait DELAY [srv-unused|srv-removable BE/SRV, be-removable BE]: until the delay is over or the condition holds.</summary>
    private static void Wait(CliRequest r)
    {
        if (r[1].Length == 0 || UnitParser.Time(r[1], TimeUnit.Millisecond, out long ms) is not null)
        {
            r.Fail("Expects a duration, and optionally a condition.");
            return;
        }
        ServerState? server = null;
        BackendState? backend = null;
        if (r[2].Length > 0)
        {
            if (r[2] is not ("srv-unused" or "srv-removable" or "be-removable"))
            {
                r.Fail("Unknown condition. Supported: 'srv-unused', 'srv-removable', 'be-removable'.");
                return;
            }
            if (r[2] != "be-removable" && !r.FindServer(r[3], out server))
                return;
            if (r[2] == "be-removable" && (backend = r.FindBackend(r[3])) is null)
            {
                r.Fail("No such backend.");
                return;
            }
        }
        r.Suspend();
        _ = new Waiting(r, r.Home!.NowMs + ms, server, backend).Begin();
    }

    /// <summary>Looks ten times a second whether it is over.</summary>
    private sealed class Waiting(CliRequest r, long untilMs, ServerState? server, BackendState? backend) : Engine.Loop.EventHandler
    {
        private const int StepMs = 100;

        public Waiting Begin()
        {
            OnTimer(r.Home!.NowMs);
            return this;
        }

        public override void OnEvents(uint events) { }

        public override void OnTimer(long nowMs)
        {
            if (r.IsAbandoned)
                return;
            bool holds =
                server is not null && IsUnused(server, r[2] == "srv-removable")
                || backend is not null && DynamicBackends.RemovalFault(backend) is null;
            if (!holds && nowMs < untilMs)
            {
                r.Home!.Timers.Arm(this, Math.Min(untilMs, nowMs + StepMs));
                return;
            }
            if (server is not null || backend is not null)
                r.Line(holds ? "Done." : "Wait delay expired.");
            r.Resume();
        }

        private static bool IsUnused(ServerState s, bool removable) =>
            s.CurrentSessions == 0
            && s.Queue.Count == 0
            && s.IdleConnections == 0
            && (!removable || (s.Admin & AdminState.AnyMaintenance) != 0);
    }

    internal static readonly CliCommand[] Rows =
    [
        new("show version", "", CliLevel.User, "version of this process", r => r.Line(Version)),
        new("show info", "[desc|json|typed|float]*", CliLevel.User, "state of the process", ProcessTable.Write),
        new(
            "show stat",
            "[{<iid>|<proxy>} <type> <sid>] [desc|json|no-maint|typed|up]*",
            CliLevel.User,
            "counters of every proxy and server",
            StatisticsTable.Write
        ),
        new("show schema json", "", CliLevel.User, "JSON schema of 'show stat' and 'show info'", r => r.Line(JsonSchema.Text)),
        new("show env", "[<name>]", CliLevel.Operator, "environment variables", Environment),
        new("show startup-logs", "", CliLevel.Operator, "messages of the start", r => r.Feedback(6, StartupLogs)),
        new("show configuration", "", CliLevel.Admin, "the configuration that runs, as it was understood", r =>
            r.Answer.Append(System.Text.Encoding.UTF8.GetString(Configuration.Span))
        ),
        new("show libs", "", CliLevel.Operator, "files whose code is loaded", Libraries),
        new("clear counters", "[all]", CliLevel.Operator, "reset maxima, or all counters", Clear),
        new("wait", "<delay> [<condition> <object>]", CliLevel.User, "wait a while, or until a server or backend is unused", Wait),
    ];
}
