// Tables of a balancer that are costly to make: of weights (static-rr, map-based hashes), or a ring of points (consistent hashes). Small
// ones are made where the change is; large ones by a thread of their own, not more often than leaves the processor to the traffic. Until
// then the old one serves: whoever looks a server up there asks whether it may still be chosen.
using System;
using System.Diagnostics;
using System.Threading;
using Baton.Engine.Servers;

namespace Baton.Engine.Balancing;

internal abstract class ServerTables(Proxies.BackendState backend)
{
    /// <summary>Steps that take a fraction of a millisecond.</summary>
    private const long Cheap = 20_000;

    /// <summary>The maker rests this many times as long as it has worked.</summary>
    private const int RestFactor = 10;

    private const int RetryMs = 1000;

    private ServerState[] _wanted = [];
    private int[] _weights = [];
    private int _unit;
    private bool _dirty,
        _making;

    protected Proxies.BackendState Backend { get; } = backend;

    /// <summary>Whether what is there does for these servers. Under the state lock.</summary>
    protected abstract bool IsStale(ServerState[] usable);

    /// <summary>How many steps it takes to make it, about.</summary>
    protected abstract long Cost(ServerState[] servers, int[] weights);

    /// <summary>The servers it is made of: by themselves those that are usable.</summary>
    protected virtual ServerState[] Members(ServerState[] usable) => usable;

    /// <summary>The weight of one in it. Under the state lock.</summary>
    protected virtual int WeightOf(ServerState server) => server.EffectiveWeight;

    /// <summary>What weights are counted in. Under the state lock.</summary>
    protected virtual int Unit => 1;

    /// <summary>Makes it; any thread, nothing is locked.</summary>
    protected abstract object Make(ServerState[] servers, int[] weights, int unit);

    /// <summary>Puts it in place. Under the gate, or before anybody else is there.</summary>
    protected abstract void Install(object made);

    /// <summary>Here and at once.</summary>
    public void MakeNow(ServerState[] usable)
    {
        Want(usable);
        Install(Make(_wanted, _weights, _unit));
    }

    private void Want(ServerState[] usable)
    {
        _wanted = Members(usable);
        _weights = Array.ConvertAll(_wanted, WeightOf);
        _unit = Unit;
    }

    /// <summary>After a change, under the state lock and not under the gate.</summary>
    public void Renew(ServerState[] usable)
    {
        if (!IsStale(usable))
            return;
        Want(usable);
        if (_making)
        {
            _dirty = true;
            return;
        }
        if (Cost(_wanted, _weights) <= Cheap)
        {
            InstallGated(Make(_wanted, _weights, _unit));
            return;
        }
        (_making, _dirty) = (true, true);
        new Thread(MakeUntilClean, 256 * 1024)
        {
            IsBackground = true,
            Name = "balancer",
            Priority = ThreadPriority.BelowNormal,
        }.Start();
    }

    private void InstallGated(object made)
    {
        using (Backend.Gate.Enter())
        {
            Install(made);
        }
    }

    private void MakeUntilClean()
    {
        while (true)
        {
            ServerState[] servers;
            int[] weights;
            int unit;
            lock (Backend.StateLock)
            {
                if (!_dirty)
                {
                    _making = false;
                    return;
                }
                _dirty = false;
                (servers, weights, unit) = (_wanted, _weights, _unit);
            }
            long began = Stopwatch.GetTimestamp();
            try
            {
                InstallGated(Make(servers, weights, unit));
            }
            catch (OutOfMemoryException)
            {
                // the old one serves on; another try when there may be room
                lock (Backend.StateLock)
                    _dirty = true;
                Thread.Sleep(RetryMs);
            }
            Thread.Sleep(Stopwatch.GetElapsedTime(began) * RestFactor);
        }
    }
}
