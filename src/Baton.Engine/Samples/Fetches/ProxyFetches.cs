// Fetches of proxies and servers: how many connections, sessions a second, queued, usable, weights (manual 7.3.2). Without an
// argument they are about the stream's own proxy. Counters of other workers are read as they are: a moment old at most.
using System;
using System.Runtime.InteropServices;
using Baton.Configuration.Expressions;
using Baton.Engine.Loop;
using Baton.Engine.Proxies;
using Baton.Engine.Servers;
using Baton.Engine.Streams;

namespace Baton.Engine.Samples.Fetches;

internal static class ProxyFetches
{
    private static readonly ArgumentSpec[] MayBackend = [new(ArgumentKind.Backend, "backend", true)],
        MayFrontend = [new(ArgumentKind.Frontend, "frontend", true)],
        OneServer = [new(ArgumentKind.Server, "server")];

    private static SampleFetch OfBackend(string name, string summary, Func<BackendState, ProxyStream, long> number) =>
        new()
        {
            Name = name,
            Output = SampleType.Integer,
            Needs = SampleNeeds.None,
            Summary = summary,
            Arguments = MayBackend,
            Evaluate = (s, a, o, m, ref v) =>
            {
                BackendState? backend = a[0].Text.Length == 0 ? s.Backend : ProxyLookup.Backend(s.Worker.Engine, HttpMessage.Bytes(a[0]));
                if (backend is null)
                    return false;
                v.SetNumber(number(backend, s));
                return true;
            },
        };

    private static SampleFetch OfFrontend(string name, string summary, Func<FrontendState, ProxyStream, long> number) =>
        new()
        {
            Name = name,
            Output = SampleType.Integer,
            Needs = SampleNeeds.None,
            Summary = summary,
            Arguments = MayFrontend,
            Evaluate = (s, a, o, m, ref v) =>
            {
                FrontendState? frontend =
                    a[0].Text.Length == 0 ? s.Frontend : ProxyLookup.Frontend(s.Worker.Engine, HttpMessage.Bytes(a[0]));
                if (frontend is null)
                    return false;
                v.SetNumber(number(frontend, s));
                return true;
            },
        };

    private static SampleFetch OfServer(
        string name,
        string summary,
        Func<ServerState, ProxyStream, long> number,
        SampleType output = SampleType.Integer
    ) =>
        new()
        {
            Name = name,
            Output = output,
            Needs = SampleNeeds.None,
            Summary = summary,
            Arguments = OneServer,
            Evaluate = (s, a, o, m, ref v) =>
            {
                if (ProxyLookup.Server(s.Worker.Engine, s.Backend, HttpMessage.Bytes(a[0])) is not { } server)
                    return false;
                v.SetNumber(number(server, s));
                v.Type = output;
                return true;
            },
        };

    private static long Rate(PerWorker<TrafficCounters> counters, ProxyStream s, bool requests)
    {
        long sum = 0;
        foreach (TrafficCounters c in counters)
            sum += (requests ? c.RequestRate : c.SessionRate).Read(s.Worker.NowMs);
        return sum;
    }

    /// <summary>COMPAT: the queue for each active server, rounded up; the whole queue when there is none.</summary>
    private static long AverageQueue(BackendState b)
    {
        int queued = b.TotalQueued,
            usable = b.UsableServers;
        return usable > 0 ? (queued + usable - 1) / usable : queued * 10;
    }

    /// <summary>COMPAT: -1 as soon as one server has no limit of its own.</summary>
    private static long FreeSlots(BackendState b, bool withQueue)
    {
        long free = 0;
        foreach (ServerState server in CollectionsMarshal.AsSpan(b.Servers))
        {
            if (server is null || !server.IsRunning)
                continue;
            if (server.MaxConn == 0 || withQueue && server.Config.MaxQueue == 0)
                return -1;
            free +=
                Math.Max(0, server.MaxConn - server.CurrentSessions)
                + (withQueue ? Math.Max(0, server.Config.MaxQueue - server.Queue.Count) : 0);
        }
        return free;
    }

    internal static readonly SampleFetch[] Rows =
    [
        OfBackend("be_conn", "streams of a backend", (b, s) => b.CurrentSessions),
        OfBackend("be_conn_free", "streams the servers of a backend could still take", (b, s) => FreeSlots(b, false)),
        OfBackend("be_sess_rate", "new streams of a backend in a second", (b, s) => Rate(b.Counters, s, false)),
        OfBackend("nbsrv", "usable servers of a backend", (b, s) => b.UsableServers),
        OfBackend("queue", "streams that wait in a backend", (b, s) => b.TotalQueued),
        OfBackend("avg_queue", "streams that wait, for each usable server", (b, s) => AverageQueue(b)),
        OfBackend("connslots", "places of servers and their queues still free", (b, s) => FreeSlots(b, true)),
        OfFrontend("fe_conn", "connections of a frontend", (f, s) => f.CurrentSessions),
        OfFrontend("fe_req_rate", "requests of a frontend in a second", (f, s) => Rate(f.Counters, s, true)),
        OfFrontend("fe_sess_rate", "new sessions of a frontend in a second", (f, s) => Rate(f.Counters, s, false)),
        OfServer("srv_conn", "streams of a server", (v, s) => v.CurrentSessions),
        OfServer("srv_conn_free", "streams a server could still take", (v, s) =>
            v.MaxConn == 0 ? -1 : Math.Max(0, v.MaxConn - v.CurrentSessions)
        ),
        OfServer("srv_is_up", "whether a server is up", (v, s) => v.IsRunning ? 1 : 0, SampleType.Bool),
        OfServer("srv_queue", "streams that wait for a server", (v, s) => v.Queue.Count),
        OfServer("srv_sess_rate", "new streams of a server in a second", (v, s) => Rate(v.Counters, s, false)),
        OfServer("srv_weight", "weight of a server in force", (v, s) => v.ShareOf(v.EffectiveWeight)),
        OfServer("srv_uweight", "weight of a server as it was set", (v, s) => v.Weight),
        OfServer("srv_iweight", "configured weight of a server", (v, s) => v.Config.Weight),
    ];
}
