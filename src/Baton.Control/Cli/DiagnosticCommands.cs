// For those who look inside: show activity, fd, pools, threads, tasks, profiling; and the sections that do not exist here
// (resolvers, peers). The words are HAProxy's where the thing is the same; what differs is named as it is here.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using Baton.Configuration.Model;
using Baton.Engine;
using Baton.Engine.Connections;
using Baton.Engine.Listeners;
using Baton.Engine.Loop;
using Baton.Engine.Muxes;
using Baton.Engine.Proxies;
using Baton.Engine.Servers;
using Baton.Engine.Streams;

namespace Baton.Control.Cli;

public static class DiagnosticCommands
{
    private static void Line(CliRequest r, FormattableString text) => r.Line(text.ToString(CultureInfo.InvariantCulture));

    private static void Activity(CliRequest r)
    {
        long ms = r.Home!.WallClockMs;
        Line(r, $"thread_id: {r.Home.Index + 1} (1..{r.Engine.WorkerCount})");
        Line(r, $"date_now: {ms / 1000}.{ms % 1000:000}000");
        PerWorker(r, "loops", w => w.Loops);
        PerWorker(r, "accepted", w => r.Engine.TotalConnections[w.Index].Value);
        PerWorker(r, "requests", w => r.Engine.TotalRequests[w.Index].Value);
        PerWorker(r, "clients", w => w.ClientCount);
        PerWorker(r, "cpust_idle_pct", w => w.IdlePercent);
        PerWorker(r, "paused_listeners", w => w.PausedAcceptors.Count);
        PerWorker(r, "dropped_logs", w => w.DroppedLogs);
        PerWorker(r, "buf_used", w => w.Buffers.Rented);
    }

    /// <summary>"name: total [ each worker's ]", the list only with several workers.</summary>
    private static void PerWorker(CliRequest r, string name, Func<Worker, long> read)
    {
        long total = 0;
        string each = "";
        foreach (Worker w in r.Engine.Workers)
        {
            long n = read(w);
            total += n;
            each += $" {n.ToString(CultureInfo.InvariantCulture)}";
        }
        Line(r, $"{name}: {total}{(r.Engine.WorkerCount > 1 ? $" [{each} ]" : "")}");
    }

    private static IEnumerable<Worker> Descriptors(CliRequest r)
    {
        int only = -1;
        if (r[2].Length > 0 && !int.TryParse(r[2], NumberStyles.None, CultureInfo.InvariantCulture, out only))
        {
            r.Fail("Expects a descriptor's number.");
            yield break;
        }
        if (only < 0)
            foreach (ListenerState l in r.Engine.Listeners)
            {
                foreach (int fd in l.Descriptors)
                    Listener(r, fd, l);
                yield return r.Home!;
            }
        IEnumerable<Worker> visit = CliPieces.VisitClients(r, (w, c) =>
        {
            if (only < 0 || c.Fd == only)
                Line(
                    r,
                    $"{c.Fd, 7} : thread={w.Index + 1} client {State(c)} phase={c.Phase} fe={c.Frontend.Name} src={c.Session.Source.ToString()}"
                );
            foreach (ProxyStream stream in ClientStreams.Of(c))
                if (stream.ServerSide is { } s && (only < 0 || s.Fd == only))
                    Line(r, $"{s.Fd, 7} : thread={w.Index + 1} server {State(s)} be={s.Server.Backend.Name} srv={s.Server.Name}");
        });
        foreach (Worker at in visit)
            yield return at;
        foreach (Worker w in r.Engine.Workers)
        {
            yield return w;
            foreach (BackendState b in r.Engine.Backends)
            foreach (ServerState s in b.Servers)
            {
                Idle(r, w, b, s, only);
                yield return w;
            }
        }
        yield return r.Home!;
    }

    private static void Idle(CliRequest r, Worker w, BackendState b, ServerState s, int only)
    {
        for (int i = 0; s.Pools.Find(w.Index) is { } pool && i < pool.Count; i++)
            if (pool[i] is { } idle && (only < 0 || idle.Fd == only))
                Line(r, $"{idle.Fd, 7} : thread={w.Index + 1} idle   {State(idle)} be={b.Name} srv={s.Name}");
    }

    private static void Listener(CliRequest r, int fd, ListenerState l) =>
        Line(
            r,
            $"{fd, 7} : listener {(l.Accepting ? "RDY" : "OFF")} fe={(l.Target is FrontendState f ? f.Name : "GLOBAL")} addr={l.Endpoint?.Text ?? l.Key}"
        );

    /// <summary>Capital letters for what is so: Readable, Writable, peer Closed, Failed, Polled.</summary>
    private static string State(Connection c) =>
        $"{(c.CanRead ? 'R' : 'r')}{(c.CanWrite ? 'W' : 'w')}{(c.PeerClosed ? 'C' : 'c')}{(c.Failed ? 'F' : 'f')}{(c.IsRegistered ? 'P' : 'p')}";

    /// <summary>"show pools", and SIGQUIT.</summary>
    public static string DescribePools(EngineState engine)
    {
        long total = 0,
            used = 0;
        var text = new StringBuilder("Dumping pools usage.\n");
        foreach (Worker w in engine.Workers)
        {
            int size = w.Buffers.BlockSize,
                rented = w.Buffers.Rented,
                all = rented + w.Buffers.Free;
            text.Append(
                CultureInfo.InvariantCulture,
                $"  - Pool buffer thread {w.Index + 1} ({size} bytes) : {all} allocated ({(long)all * size} bytes), {rented} used\n"
            );
            total += (long)all * size;
            used += (long)rented * size;
        }
        text.Append(
            CultureInfo.InvariantCulture,
            $"Total: {engine.WorkerCount} pools, {total} bytes allocated, {used} used. Managed memory: {GC.GetTotalMemory(false)} bytes.\n"
        );
        return text.ToString();
    }

    private static void Threads(CliRequest r)
    {
        foreach (Worker w in r.Engine.Workers)
            Line(
                r,
                $"{(w == r.Home ? '*' : ' ')} Thread {w.Index + 1} : loops={w.Loops} clients={w.ClientCount} listeners={w.Acceptors.Count} idle={w.IdlePercent}%"
            );
    }

    private static void Tasks(CliRequest r)
    {
        int clients = 0;
        foreach (Worker w in r.Engine.Workers)
            clients += w.ClientCount;
        Line(r, $"Client connections looked after: {clients} ({r.Engine.WorkerCount} threads)");
    }

    private static void Profiling(CliRequest r)
    {
        r.Line("Per-task CPU profiling              : off           # not built into this program");
        r.Line("Memory usage profiling              : off           # not built into this program");
    }

    internal static readonly CliCommand[] Rows =
    [
        new("show activity", "", CliLevel.User, "what each worker has done", Activity),
        new("show fd", "[<num>]", CliLevel.Operator, "descriptors in use, or one of them", Descriptors),
        new("show pools", "", CliLevel.User, "memory in buffers", r => r.Answer.Append(DescribePools(r.Engine))),
        new("show threads", "", CliLevel.User, "the workers", Threads),
        new("show tasks", "", CliLevel.User, "what the workers look after", Tasks),
        new("show profiling", "", CliLevel.Admin, "state of profiling", Profiling),
    ];
}
