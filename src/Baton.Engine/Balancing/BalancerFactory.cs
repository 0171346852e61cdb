using System;
using Baton.Configuration.Model;
using Baton.Engine.Proxies;

namespace Baton.Engine.Balancing;

/// <summary>The algorithm a backend's "balance" line names.</summary>
public static class BalancerFactory
{
    public static Balancer Create(BackendState backend) =>
        backend.Config.Balance.Algorithm.Kind switch
        {
            BalancerKind.LeastConnections => new LeastConnections(backend),
            BalancerKind.FirstAvailable => new FirstAvailable(backend),
            BalancerKind.Random => new RandomDraws(backend, Math.Max(1, backend.Config.Balance.Draws), Random.Shared),
            BalancerKind.Hash => new HashBalancer(backend),
            BalancerKind.StaticRoundRobin => new StaticRoundRobin(backend),
            _ => new RoundRobin(backend),
        };
}
