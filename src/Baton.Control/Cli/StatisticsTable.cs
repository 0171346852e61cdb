// "show stat": one CSV row for each frontend, server and backend, with HAProxy's first 62 columns and its names for them.
using System;
using System.Globalization;
using System.Text;
using Baton.Engine.Proxies;
using Baton.Engine.Servers;

namespace Baton.Control.Cli;

internal static class StatisticsTable
{
    private const string Header = "# pxname,svname,qcur,qmax,scur,smax,slim,stot,bin,bout,dreq,dresp,ereq,econ,eresp,wretr,wredis,status,weight,act,bck,chkfail,chkdown,lastchg,downtime,qlimit,pid,iid,sid,throttle,lbtot,tracked,type,rate,rate_lim,rate_max,check_status,check_code,check_duration,hrsp_1xx,hrsp_2xx,hrsp_3xx,hrsp_4xx,hrsp_5xx,hrsp_other,hanafail,req_rate,req_rate_max,req_tot,cli_abrt,srv_abrt,comp_in,comp_out,comp_byp,comp_rsp,lastsess,last_chk,last_agt,qtime,ctime,rtime,ttime,";

    public static void Write(CliRequest r)
    {
        r.Line(Header);
        foreach (FrontendState f in r.Engine.Frontends) Frontend(r, f);
        foreach (BackendState b in r.Engine.Backends)
        {
            foreach (ServerState s in b.Servers) Server(r, b, s);
            Backend(r, b);
        }
    }

    private static long Sum(TrafficCounters[] counters, Func<TrafficCounters, long> pick)
    {
        long n = 0;
        foreach (TrafficCounters c in counters) n += pick(c);
        return n;
    }

    private static void Frontend(CliRequest r, FrontendState f)
    {
        TrafficCounters[] c = f.Counters;
        string status = f.Status switch { ProxyStatus.Open => "OPEN", ProxyStatus.Paused => "PAUSED", _ => "STOP" };
        long now = r.Engine.Workers[0].NowMs;
        Row(r, f.Name, "FRONTEND", "", "", f.CurrentSessions, f.MaxSessions, f.MaxConn, c, status, "", "", "", "", f.Config.Id, 0, 0, Sum(c, x => x.SessionRate.Read(now)), f.Config.RateLimitSessions,
            Sum(c, x => x.RequestRate.Read(now)).ToString(CultureInfo.InvariantCulture), Sum(c, x => x.RequestRateMax).ToString(CultureInfo.InvariantCulture), Sum(c, x => x.Requests).ToString(CultureInfo.InvariantCulture), false);
    }

    private static void Server(CliRequest r, BackendState b, ServerState s)
        => Row(r, b.Name, s.Name, s.Queue.Count.ToString(CultureInfo.InvariantCulture), s.Queue.MaxCount.ToString(CultureInfo.InvariantCulture), s.CurrentSessions, s.MaxSessions, s.MaxConn, s.Counters,
            s.StatusText, s.Weight.ToString(CultureInfo.InvariantCulture), s.Config.Backup ? "0" : "1", s.Config.Backup ? "1" : "0", s.Config.MaxQueue > 0 ? s.Config.MaxQueue.ToString(CultureInfo.InvariantCulture) : "",
            b.Config.Id, s.Id, 2, Sum(s.Counters, x => x.SessionRate.Read(r.Engine.Workers[0].NowMs)), 0, "", "", Sum(s.Counters, x => x.Requests).ToString(CultureInfo.InvariantCulture), true);

    private static void Backend(CliRequest r, BackendState b)
    {
        int active = 0, backup = 0, weight = 0;
        foreach (ServerState s in b.Servers) if (s.IsUsable) { if (s.Config.Backup) backup++; else active++; weight += s.EffectiveWeight; }
        Row(r, b.Name, "BACKEND", b.TotalQueued.ToString(CultureInfo.InvariantCulture), b.Queue.MaxCount.ToString(CultureInfo.InvariantCulture), b.CurrentSessions, b.MaxSessions, b.FullConn, b.Counters,
            b.UsableServers > 0 || b.Servers.Count == 0 ? "UP" : "DOWN", weight.ToString(CultureInfo.InvariantCulture), active.ToString(CultureInfo.InvariantCulture), backup.ToString(CultureInfo.InvariantCulture), "",
            b.Config.Id, 0, 1, Sum(b.Counters, x => x.SessionRate.Read(r.Engine.Workers[0].NowMs)), 0, "", "", Sum(b.Counters, x => x.Requests).ToString(CultureInfo.InvariantCulture), true);
    }

    private static void Row(CliRequest r, string proxy, string name, string queue, string queueMax, int current, int max, int limit, TrafficCounters[] c, string status, string weight, string active, string backup,
        string queueLimit, int proxyId, int serverId, int type, long rate, int rateLimit, string requestRate, string requestRateMax, string requests, bool back)
    {
        StringBuilder a = r.Answer;
        string N(Func<TrafficCounters, long> pick) => Sum(c, pick).ToString(CultureInfo.InvariantCulture);
        string Back(Func<TrafficCounters, long> pick) => back ? N(pick) : "";
        string Average(Func<TrafficCounters, long> pick) => back ? TrafficCounters.Average(Sum(c, pick)).ToString(CultureInfo.InvariantCulture) : "";
        string[] fields =
        [
            proxy, name, queue, queueMax, current.ToString(CultureInfo.InvariantCulture), max.ToString(CultureInfo.InvariantCulture), limit > 0 ? limit.ToString(CultureInfo.InvariantCulture) : "",
            N(x => x.Sessions), N(x => x.BytesIn), N(x => x.BytesOut), N(x => x.DeniedRequests), N(x => x.DeniedResponses), back ? "" : N(x => x.RequestErrors),
            Back(x => x.ConnectionErrors), Back(x => x.ResponseErrors), Back(x => x.Retries), Back(x => x.Redispatches), status, weight, active, backup, "", "", "", "", queueLimit,
            "1", proxyId.ToString(CultureInfo.InvariantCulture), serverId.ToString(CultureInfo.InvariantCulture), "", Back(x => x.LoadBalanced), "", type.ToString(CultureInfo.InvariantCulture),
            rate.ToString(CultureInfo.InvariantCulture), back ? "" : rateLimit.ToString(CultureInfo.InvariantCulture), N(x => x.SessionRateMax), "", "", "",
            N(x => x.Responses[1]), N(x => x.Responses[2]), N(x => x.Responses[3]), N(x => x.Responses[4]), N(x => x.Responses[5]), N(x => x.Responses[0]), "",
            requestRate, requestRateMax, requests, Back(x => x.ClientAborts), Back(x => x.ServerAborts), "", "", "", "", "", "", "",
            Average(x => x.QueueTimeSum), Average(x => x.ConnectTimeSum), Average(x => x.ResponseTimeSum), Average(x => x.TotalTimeSum), "",
        ];
        a.AppendJoin(',', fields).Append('\n');
    }
}
