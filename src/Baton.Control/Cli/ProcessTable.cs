// "show info": the state of the process as plain lines, typed lines or JSON.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using Baton.Engine;
using Baton.Engine.Proxies;
using Baton.Engine.Tls;
using Baton.Interop.Linux;

namespace Baton.Control.Cli;

internal static class ProcessTable
{
    /// <summary>A line: HAProxy's position, what it is, how it is read; null leaves the line out.</summary>
    private sealed record Line(int Position, TypedField Field, Func<EngineState, bool, string?> Read);

    private static Line Row(int position, string name, string tag, ValueKind kind, string description, Func<EngineState, string?> read) =>
        new(position, new TypedField(name, tag, kind, description), (e, _) => read(e));

    private static Line Number(
        int position,
        string name,
        string tag,
        string description,
        Func<EngineState, long> read,
        ValueKind kind = ValueKind.Unsigned
    ) => new(position, new TypedField(name, tag, kind, description), (e, _) => Text(read(e)));

    /// <summary>What there is nothing of to count: a program that looks for the line finds it.</summary>
    private static Line Zero(int position, string name, string tag, string description, ValueKind kind = ValueKind.Unsigned) =>
        Number(position, name, tag, description + ", always 0", static _ => 0, kind);

    private static long Now(EngineState e) => e.Workers[0].NowMs;

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>show info [desc|float|json|typed]*.</summary>
    public static void Write(CliRequest r)
    {
        bool json = r.Words.Contains("json"),
            typed = r.Words.Contains("typed"),
            describe = r.Words.Contains("desc"),
            fraction = r.Words.Contains("float");
        StringBuilder a = r.Answer;
        bool first = true;
        foreach (Line line in s_lines)
        {
            if (line.Read(r.Engine, fraction) is not { } value)
                continue;
            if (json)
            {
                a.Append(first ? "[" : ",");
                TypedText.AppendJson(a, "", line.Position, line.Field, line.Field.Tag, value);
                first = false;
            }
            else if (typed)
            {
                a.Append(line.Position);
                TypedText.Append(a, line.Field, line.Field.Tag, value, describe);
            }
            else
            {
                a.Append(line.Field.Name).Append(": ").Append(value);
                if (describe)
                    a.Append(":\"").Append(line.Field.Description).Append('"');
                a.Append('\n');
            }
        }
        if (json)
            a.Append("]\n");
    }

    /// <summary>A line by its name, and what it says now; null when there is none.</summary>
    public static (TypedField Field, string Value)? Find(EngineState engine, string name)
    {
        Line? line = Array.Find(s_lines, l => l.Field.Name == name);
        return line?.Read(engine, false) is { } value ? (line.Field, value) : null;
    }

    private static long UptimeMs(EngineState e) => Environment.TickCount64 - e.StartedAtMs;

    private static string Uptime(EngineState e)
    {
        long s = UptimeMs(e) / 1000;
        return string.Create(CultureInfo.InvariantCulture, $"{s / 86400}d {s / 3600 % 24}h{s / 60 % 60:00}m{s % 60:00}s");
    }

    private static string Seconds(long ms, bool fraction) =>
        fraction ? string.Create(CultureInfo.InvariantCulture, $"{ms / 1000}.{ms % 1000:000}000") : Text(ms / 1000);

    private static long Sum(EngineState e, Func<int, long> pick)
    {
        long n = 0;
        for (int i = 0; i < e.WorkerCount; i++)
            n += pick(i);
        return n;
    }

    private static long BytesOut(EngineState e)
    {
        long n = 0;
        foreach (FrontendState f in e.Frontends)
        foreach (TrafficCounters c in f.Counters)
            n += c.BytesOut;
        return n;
    }

    private static long s_askedAtMs,
        s_bytesThen;
    private static long s_rate;

    /// <summary>Bytes are summed, not metered: what was sent since the last question (of a second ago or longer), by the time that has
    /// passed.</summary>
    private static long OutputRate(EngineState e)
    {
        const int leastMs = 1000;
        long now = Environment.TickCount64,
            sent = BytesOut(e),
            then = s_askedAtMs == 0 ? e.StartedAtMs : s_askedAtMs;
        if (now - then < leastMs)
            return s_rate;
        s_rate = Math.Max(0, sent - s_bytesThen) * 1000 / (now - then);
        (s_askedAtMs, s_bytesThen) = (now, sent);
        return s_rate;
    }

    /// <summary>Of them there is a line each in the messages of the start.</summary>
    private static long Warnings() => InformationCommands.StartupLogs.Split("[WARNING]").Length - 1;

    private static long BufferBytes(EngineState e, bool free) =>
        Sum(e, i => (long)e.Workers[i].Buffers.BlockSize * (e.Workers[i].Buffers.Rented + (free ? e.Workers[i].Buffers.Free : 0)));

    /// <summary>Those of the runtime API too.</summary>
    private static int Connections(EngineState e)
    {
        int n = 0;
        foreach (Engine.Listeners.ListenerState l in e.Listeners)
            n += l.CurrentSessions;
        return n;
    }

    private static int Listening(EngineState e)
    {
        int n = 0;
        foreach (Engine.Listeners.ListenerState l in e.Listeners)
            if (l.Accepting)
                n++;
        return n;
    }

    private static readonly Line[] s_lines =
    [
        Row(0, "Name", "POS", ValueKind.Text, "name of the program", _ => "Baton"),
        Row(1, "Version", "POS", ValueKind.Text, "version of the program", _ => InformationCommands.Version),
        Row(2, "Release_date", "POS", ValueKind.Text, "date of the version", _ => InformationCommands.ReleaseDate),
        Number(3, "Nbthread", "CGS", "workers (nbthread)", e => e.WorkerCount),
        Number(4, "Nbproc", "CGS", "processes, always 1", _ => 1),
        Number(5, "Process_num", "KGP", "number of this process, always 1", _ => 1),
        Number(6, "Pid", "SGP", "process id", _ => Processes.getpid()),
        Row(7, "Uptime", "MDP", ValueKind.Text, "time since the start", Uptime),
        new(8, new TypedField("Uptime_sec", "MDP", ValueKind.Unsigned, "seconds since the start"), (e, fraction) =>
            Seconds(UptimeMs(e), fraction)
        ),
        Number(9, "Memmax_MB", "CLP", "memory limit in megabytes (-m)", _ => Processes.SoftLimit(Processes.RLIMIT_DATA) >> 20),
        Number(10, "PoolAlloc_MB", "MGP", "megabytes in buffers", e => BufferBytes(e, true) >> 20),
        Number(11, "PoolUsed_MB", "MGP", "megabytes in buffers in use", e => BufferBytes(e, false) >> 20),
        Number(12, "PoolFailed", "MCP", "failed allocations: those who got no memory went without, waited or were refused", _ =>
            Core.Buffers.MemoryBudget.Failures
        ),
        Number(13, "Ulimit-n", "CLP", "limit of descriptors", _ => Processes.SoftLimit(Processes.RLIMIT_NOFILE)),
        Number(14, "Maxsock", "CLP", "limit of sockets", _ => Processes.SoftLimit(Processes.RLIMIT_NOFILE)),
        Number(15, "Maxconn", "CLP", "connections at a time (maxconn)", e => e.MaxConn),
        Number(16, "Hard_maxconn", "CLP", "what maxconn was at start", e => e.ConfiguredMaxConn),
        Number(17, "CurrConns", "MGP", "connections now", e => e.CurrentConnections),
        Number(18, "CumConns", "MCP", "connections since the start", e => Sum(e, i => e.TotalConnections[i].Value)),
        Number(19, "CumReq", "MCP", "requests since the start", e => Sum(e, i => e.TotalRequests[i].Value)),
        Number(20, "MaxSslConns", "MMP", "limit of TLS connections (maxsslconn)", e => e.Config.Global.Tls.MaxConnections),
        Number(21, "CurrSslConns", "MGP", "TLS connections now, of clients and to servers", _ => TlsConnections.Now),
        Number(22, "CumSslConns", "MCP", "TLS handshakes since the start", e => ProcessTotals.Of(e).TlsConnections),
        Number(23, "Maxpipes", "CLP", "pipes for splicing (maxpipes)", e => (long)e.PipesPerWorker * e.WorkerCount),
        Number(24, "PipesUsed", "MGP", "pipes in use", e => Sum(e, i => e.Workers[i].Pipes.Used)),
        Number(25, "PipesFree", "MGP", "pipes kept for the next transfers", e => Sum(e, i => e.Workers[i].Pipes.Free)),
        Number(26, "ConnRate", "MRP", "new connections over the last second", e =>
            Sum(e, i => e.ConnectionRates[i].Read(e.Workers[i].NowMs))
        ),
        Number(27, "ConnRateLimit", "CLP", "limit of ConnRate", e => e.MaxConnectionRate),
        Number(28, "MaxConnRate", "MMP", "highest ConnRate", e => RateCounter.MaxOf(e.ConnectionRates)),
        Number(29, "SessRate", "MRP", "new sessions over the last second", e => Sum(e, i => e.SessionRates[i].Read(e.Workers[i].NowMs))),
        Number(30, "SessRateLimit", "CLP", "limit of SessRate", e => e.MaxSessionRate),
        Number(31, "MaxSessRate", "MRP", "highest SessRate", e => RateCounter.MaxOf(e.SessionRates)),
        Number(32, "SslRate", "MRP", "TLS connections of clients over the last second", e => e.TlsRates.Sessions(Now(e))),
        Number(33, "SslRateLimit", "CLP", "limit of SslRate", e => e.TlsRates.Limit),
        Number(34, "MaxSslRate", "MMP", "highest SslRate", e => e.TlsRates.MaxSessions),
        Number(35, "SslFrontendKeyRate", "MGP", "whole handshakes with clients over the last second", e => e.TlsRates.ClientKeys(Now(e))),
        Number(36, "SslFrontendMaxKeyRate", "MMP", "highest SslFrontendKeyRate", e => e.TlsRates.MaxClientKeys),
        Number(37, "SslFrontendSessionReuse_pct", "MGP", "TLS sessions of clients that were resumed, in percent", e =>
            e.TlsRates.ReusePercent(Now(e))
        ),
        Number(38, "SslBackendKeyRate", "MRP", "whole handshakes with servers over the last second", e => e.TlsRates.ServerKeys(Now(e))),
        Number(39, "SslBackendMaxKeyRate", "MMP", "highest SslBackendKeyRate", e => e.TlsRates.MaxServerKeys),
        Number(40, "SslCacheLookups", "MCP", "look-ups in the cache of TLS sessions", e => ProcessTotals.Of(e).CacheLookups),
        Number(41, "SslCacheMisses", "MCP", "look-ups that found no TLS session", e => ProcessTotals.Of(e).CacheMisses),
        Number(42, "CompressBpsIn", "MRP", "bytes given to compression over the last second", e =>
            e.Compression.InRate(e.Workers[0].NowMs)
        ),
        Number(43, "CompressBpsOut", "MRP", "bytes that compression gave over the last second", e =>
            e.Compression.OutRate(e.Workers[0].NowMs)
        ),
        Number(44, "CompressBpsRateLim", "CLP", "limit of CompressBpsIn", e => e.Compression.RateLimit),
        Number(45, "ZlibMemUsage", "MGP", "memory of compression in bytes", e => e.Compression.Memory),
        Number(46, "MaxZlibMemUsage", "CLP", "limit of ZlibMemUsage", e => e.Compression.MemoryLimit),
        Number(47, "Tasks", "MGP", "client connections and listening sockets the workers look after", e =>
            Sum(e, i => e.Workers[i].ClientCount + e.Workers[i].Acceptors.Count)
        ),
        Number(48, "Run_queue", "MGP", "streams that wait for their turn, always 0: each has had it when a command is read", static _ => 0),
        Number(49, "Idle_pct", "MaP", "share of the last second spent waiting, in percent", e =>
            Sum(e, i => e.Workers[i].IdlePercent) / e.WorkerCount
        ),
        Row(50, "node", "COS", ValueKind.Text, "name of the node (node)", e => e.Config.Global.Node ?? Processes.HostName()),
        Row(51, "description", "COS", ValueKind.Text, "description of the node (description)", e => e.Config.Global.Description),
        Number(52, "Stopping", "MGP", "1 while the process ends", e => e.Stopping || e.StopAnnounced ? 1 : 0),
        Number(53, "Jobs", "MGP", "connections and listening sockets", e => Connections(e) + Listening(e)),
        Number(54, "Unstoppable Jobs", "MGP", "jobs a soft stop does not wait for, always 0", _ => 0),
        Number(55, "Listeners", "MGP", "listening sockets", e => Listening(e)),
        Number(56, "ActivePeers", "MGP", "peers, always 0: there are none", _ => 0),
        Number(57, "ConnectedPeers", "MGP", "connected peers, always 0: there are none", _ => 0),
        Number(58, "DroppedLogs", "MGP", "log lines that could not be sent", e => ProcessTotals.Of(e).DroppedLogs),
        Number(59, "BusyPolling", "MGP", "busy polling, always 0: it is never used", _ => 0),
        Zero(60, "FailedResolutions", "MGP", "names that resolvers could not resolve"),
        Number(61, "TotalBytesOut", "MGP", "bytes sent to clients", BytesOut, ValueKind.Unsigned64),
        // COMPAT: one spelling until 2.6, another since 2.7
        Zero(62, "TotalSplicdedBytesOut", "MGP", "bytes sent through a pipe, which are not told apart", ValueKind.Unsigned64),
        Zero(62, "TotalSplicedBytesOut", "MGP", "bytes sent through a pipe, which are not told apart", ValueKind.Unsigned64),
        new(
            63,
            new TypedField(
                "BytesOutRate",
                "MRP",
                ValueKind.Unsigned64,
                "bytes sent to clients per second, between this question and the one before"
            ),
            (e, _) => Text(OutputRate(e))
        ),
        Number(64, "DebugCommandsIssued", "MGP", "commands for debugging, always 0: there are none", _ => 0),
        Number(65, "CumRecvLogs", "MCP", "log messages received, always 0: none are taken", _ => 0),
        Row(66, "Build info", "POS", ValueKind.Text, "build", _ => InformationCommands.Version),
        Number(67, "Memmax_bytes", "CLP", "memory limit in bytes (-m)", _ => Processes.SoftLimit(Processes.RLIMIT_DATA)),
        Number(68, "PoolAlloc_bytes", "MGP", "bytes in buffers", e => BufferBytes(e, true), ValueKind.Unsigned64),
        Number(69, "PoolUsed_bytes", "MGP", "bytes in buffers in use", e => BufferBytes(e, false), ValueKind.Unsigned64),
        new(
            70,
            new TypedField("Start_time_sec", "MDP", ValueKind.Unsigned, "wall-clock time of the start, seconds since 1970"),
            (e, fraction) => Seconds(e.Workers[0].WallClockOffsetMs + e.StartedAtMs, fraction)
        ),
        Row(71, "Tainted", "SGP", ValueKind.Text, "use of experimental features, always 0", static _ => "0"),
        Number(72, "TotalWarnings", "MCP", "warnings of the start", static _ => Warnings()),
        Number(73, "MaxconnReached", "MCP", "how often maxconn was reached", e => ProcessTotals.Of(e).MaxConnReached),
        Number(74, "BootTime_ms", "MDP", "milliseconds from the first line read to ready", static _ => InformationCommands.BootTimeMs),
        Zero(75, "Niced_tasks", "MGP", "tasks of another priority"),
        Number(76, "CurrStreams", "MGP", "streams now", e => Sum(e, i => e.Workers[i].StreamsInUse), ValueKind.Unsigned64),
        Number(77, "CumStreams", "MCP", "streams since the start", e => ProcessTotals.Of(e).Streams, ValueKind.Unsigned64),
        Zero(78, "BlockedTrafficWarnings", "MCP", "warnings of traffic that something slow was in the way of"),
        Zero(79, "PatternsAdded", "MCP", "patterns added, which are not counted", ValueKind.Unsigned64),
        Zero(80, "PatternsFreed", "MCP", "patterns removed, which are not counted", ValueKind.Unsigned64),
    ];
}
