// How many TLS connections clients begin in a second, and how many keys are made for them and for servers: "maxsslrate", "show info".
using System;
using Baton.Engine.Loop;

namespace Baton.Engine.Proxies;

/// <summary>OWNER: of each counter its worker; others read.</summary>
public sealed class TlsRates
{
    private readonly RateCounter[] _sessions,
        _clientKeys,
        _serverKeys;

    public TlsRates(int workers, int limit)
    {
        Limit = limit;
        _sessions = Make(workers);
        _clientKeys = Make(workers);
        _serverKeys = Make(workers);
    }

    private static RateCounter[] Make(int workers)
    {
        var made = new RateCounter[workers];
        for (int i = 0; i < workers; i++)
            made[i] = new RateCounter();
        return made;
    }

    /// <summary>Connections of clients with TLS in a second; 0 for no limit ("maxsslrate", "set rate-limit ssl-sessions global").</summary>
    public int Limit { get; set; }

    /// <summary>A client with TLS was accepted.</summary>
    internal void CountSession(Worker worker) => _sessions[worker.Index].Add(worker.NowMs);

    /// <summary>A whole handshake, not the resumption of a session.</summary>
    internal void CountKey(Worker worker, bool ofClient) => (ofClient ? _clientKeys : _serverKeys)[worker.Index].Add(worker.NowMs);

    /// <summary>Milliseconds until the limit lets the next client in; 0 for now.</summary>
    internal int Delay(long nowMs) => Limit == 0 ? 0 : RateCounter.DelayAt((int)Sessions(nowMs), Limit);

    public long Sessions(long nowMs) => Sum(_sessions, r => r.Read(nowMs));

    public long MaxSessions => RateCounter.MaxOf(_sessions);

    public long ClientKeys(long nowMs) => Sum(_clientKeys, r => r.Read(nowMs));

    public long MaxClientKeys => RateCounter.MaxOf(_clientKeys);

    public long ServerKeys(long nowMs) => Sum(_serverKeys, r => r.Read(nowMs));

    public long MaxServerKeys => RateCounter.MaxOf(_serverKeys);

    /// <summary>Sessions of clients that were resumed, in percent.</summary>
    public long ReusePercent(long nowMs)
    {
        long sessions = Sessions(nowMs);
        return sessions == 0 ? 0 : Math.Max(0, 100 - (100 * ClientKeys(nowMs) + (sessions - 1) / 2) / sessions);
    }

    /// <summary>"clear counters".</summary>
    public void ClearMaxima(int worker)
    {
        _sessions[worker].ClearMax();
        _clientKeys[worker].ClearMax();
        _serverKeys[worker].ClearMax();
    }

    /// <summary>What processes before this one have seen.</summary>
    internal void RaiseMaxima(long sessions, long clientKeys, long serverKeys)
    {
        _sessions[0].RaiseMaxBefore(sessions);
        _clientKeys[0].RaiseMaxBefore(clientKeys);
        _serverKeys[0].RaiseMaxBefore(serverKeys);
    }

    private static long Sum(RateCounter[] all, Func<RateCounter, long> of)
    {
        long sum = 0;
        foreach (RateCounter one in all)
            sum += of(one);
        return sum;
    }
}
