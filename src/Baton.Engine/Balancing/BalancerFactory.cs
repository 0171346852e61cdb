using Baton.Engine.Proxies;

namespace Baton.Engine.Balancing;

/// <summary>The algorithm a backend's "balance" line names.</summary>
public static class BalancerFactory
{
    public static Balancer Create(BackendState backend) => backend.Config.Balance.Algorithm switch
    {
        _ => new RoundRobin(backend),
    };
}
