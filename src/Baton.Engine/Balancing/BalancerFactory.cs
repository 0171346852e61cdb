using System;
using Baton.Configuration.Model;
using Baton.Engine.Proxies;

namespace Baton.Engine.Balancing;

/// <summary>The algorithm a backend's "balance" line names.</summary>
public static class BalancerFactory
{
    public static Balancer Create(BackendState backend) =>
        backend.Config.Balance.Algorithm switch
        {
            BalanceAlgorithm.LeastConn => new LeastConnections(backend),
            BalanceAlgorithm.First => new FirstAvailable(backend),
            BalanceAlgorithm.Random => new RandomDraws(backend, Math.Max(1, backend.Config.Balance.Draws), Random.Shared),
            BalanceAlgorithm.Source
            or BalanceAlgorithm.Uri
            or BalanceAlgorithm.UrlParam
            or BalanceAlgorithm.Header
            or BalanceAlgorithm.RdpCookie
            or BalanceAlgorithm.Hash => new HashBalancer(backend),
            BalanceAlgorithm.StaticRoundRobin => new StaticRoundRobin(backend),
            _ => new RoundRobin(backend),
        };
}
