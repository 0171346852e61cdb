// Starting, pausing and stopping what the builder made.
using System;
using System.Collections.Generic;
using System.Threading;
using Baton.Configuration.Model;
using Baton.Engine.Connections;
using Baton.Engine.Listeners;
using Baton.Engine.Loop;
using Baton.Engine.Peers;
using Baton.Engine.Proxies;
using Baton.Interop.Linux;

namespace Baton.Engine;

public sealed partial class EngineState
{
    /// <summary>Gives every worker its ear on a bound listener. Before the workers run.</summary>
    public void AddAcceptors(ListenerState listener)
    {
        foreach (Worker worker in Workers)
            if (MayServe(worker, listener))
                AddAcceptors(worker, listener);
        listener.Accepting = !listener.IsForOrphan;
    }

    /// <summary>Set by the program: the master has gone without a word. Any worker thread, from each of them.</summary>
    public Action? MasterLost { get; set; }

    /// <summary>Hears on the copies of the master's command line, which is nobody else's now. False when there are none.</summary>
    public bool HearForMaster()
    {
        List<ListenerState> copies = Listeners.FindAll(static l => l.IsForOrphan);
        foreach (ListenerState l in copies)
            l.Accepting = true;
        if (!Handover.AwaitsAuthority)
            OnEachWorker(static w =>
            {
                foreach (Acceptor a in w.Acceptors)
                    if (a.Listener is { IsForOrphan: true, Accepting: true })
                        a.Start();
            });
        return copies.Count > 0;
    }

    /// <summary>A worker's share of a listener: one of the shards, or several where there are more shards than workers; no shard without an
    /// ear.</summary>
    internal void AddAcceptors(Worker worker, ListenerState listener)
    {
        int rank = 0,
            count = 0;
        for (int i = 0; i < WorkerCount; i++)
        {
            if (!MayServe(Workers[i], listener))
                continue;
            if (i < worker.Index)
                rank++;
            count++;
        }
        // none when it has been closed again meanwhile
        ListeningSocket[] shards = listener.Sockets;
        for (int shard = shards.Length > 0 ? rank % shards.Length : 0; shard < shards.Length; shard += count)
            if (shards[shard].TryHold())
                worker.Acceptors.Add(new Acceptor(worker, listener, shards[shard]));
    }

    /// <summary>Starts the worker threads (all but the first, which runs on the calling thread in <see cref="RunFirstWorker"/>).</summary>
    public void StartWorkers()
    {
        Patterns.PatternMemory.SetReaders(Workers);
        NoteFilters();
        for (int i = 1; i < WorkerCount; i++)
        {
            Worker worker = Workers[i];
            var thread = new Thread(() => RunWorker(worker), 512 * 1024) { IsBackground = true, Name = $"worker-{i + 1}" };
            thread.Start();
        }
    }

    /// <summary>Filters hear that the process begins to serve: of a listen section once.</summary>
    private void NoteFilters()
    {
        foreach (FrontendState frontend in Frontends)
        foreach (Filters.ProxyFilter filter in frontend.Filters ?? [])
            filter.Config.Started(frontend.Name);
        foreach (BackendState backend in Backends)
        foreach (Filters.ProxyFilter filter in backend.Config.IsFrontend ? [] : backend.Filters ?? [])
            filter.Config.Started(backend.Name);
    }

    public void RunFirstWorker() => RunWorker(Workers[0]);

    private void RunWorker(Worker worker)
    {
        foreach (CpuMapConfig map in Config.Global.CpuMaps)
        {
            int at = Array.IndexOf(map.Threads, worker.Index);
            if (at >= 0)
                Processes.SetThreadAffinity(map.Auto ? [map.Cpus[at % map.Cpus.Length]] : map.Cpus);
        }
        foreach (Acceptor acceptor in worker.Acceptors)
            if (acceptor.Listener.Accepting && !(Handover.AwaitsAuthority && acceptor.Listener.Target is not FrontendState))
                acceptor.Start();
        Checks.CheckStart.Begin(worker);
        if (worker.Index == 0 && !Handover.AwaitsAuthority)
            PeersStart.Begin(this);
        worker.Run();
    }

    /// <summary>Runs an action on every worker's own thread.</summary>
    public void OnEachWorker(Action<Worker> action)
    {
        foreach (Worker worker in Workers)
            worker.Post(action);
    }

    /// <summary>Acceptors in one go: of ten thousand, each worth some system calls.</summary>
    private const int AcceptorsPerStep = 128;

    /// <summary>
    /// Does something with each ear of each worker, in its own thread, some at a time so that traffic does not wait for thousands. For
    /// control threads only.
    /// </summary>
    public void OnEachAcceptorAndWait(System.Action<Acceptor> action)
    {
        var all = new Acceptor[WorkerCount][];
        OnEachWorkerAndWait(w => all[w.Index] = [.. w.Acceptors]);
        int most = 0;
        foreach (Acceptor[] some in all)
            most = System.Math.Max(most, some.Length);
        for (int at = 0; at < most; at += AcceptorsPerStep)
        {
            int from = at;
            OnEachWorkerAndWait(w =>
            {
                Acceptor[] mine = all[w.Index];
                for (int i = from; i < System.Math.Min(from + AcceptorsPerStep, mine.Length); i++)
                    action(mine[i]);
            });
        }
    }

    /// <summary>Runs an action on every worker's own thread and waits for all. For control threads only.</summary>
    public void OnEachWorkerAndWait(System.Action<Worker> action)
    {
        using var done = new CountdownEvent(WorkerCount);
        OnEachWorker(w =>
        {
            try
            {
                action(w);
            }
            finally
            {
                done.Signal();
            }
        });
        done.Wait();
    }

    /// <summary>
    /// SIGUSR1: take what is queued, stop listening, give idle connections a moment to be told on their next answer (for
    /// ever with option idle-close-on-response), finish the rest. The process ends when no connection is left.
    /// </summary>
    public void SoftStop()
    {
        Stopping = true;
        List<FrontendState> stopped = Frontends.FindAll(static f => f.Status != ProxyStatus.Stopped);
        foreach (FrontendState f in Frontends)
            f.Status = ProxyStatus.Stopped;
        foreach (ListenerState l in Listeners)
            l.Accepting = false;
        OnEachWorker(static w =>
        {
            w.Acceptors.RemoveAll(a =>
            {
                if (a.Listener.Target is PeersState)
                    a.Close();
                if (a.Listener.Target is not FrontendState)
                    return a.Listener.Target is PeersState;
                a.DrainAndClose();
                return true;
            });
            w.EachClient(static c => c.OnSoftStop());
        });
        foreach (ListenerState l in Listeners)
        {
            if (l.Target is not (FrontendState or PeersState))
                continue;
            l.CloseSockets();
        }
        // nobody listens here any more: whoever answers is the next process
        Workers[0].Post(w => PeersStart.Stop(w.Engine));
        Notices.AllStopped(stopped);
    }

    /// <summary>hard-stop-after is over: every stream ends. Those that were waiting for an answer get one from here.</summary>
    public void HardStop()
    {
        Notices.Warn("soft-stop running for too long, performing a hard-stop.");
        foreach (FrontendState f in Frontends)
            if (f.CurrentSessions > 0)
                Notices.Warn(
                    f.Notices,
                    string.Create(
                        System.Globalization.CultureInfo.InvariantCulture,
                        $"Proxy {f.Name} hard-stopped ({f.CurrentSessions} remaining conns will be closed)."
                    )
                );
        OnEachWorker(static w => w.EachClient(static c => c.OnHardStop()));
    }

    /// <summary>Client connections of frontends that still live.</summary>
    public int RemainingConnections
    {
        // counted by listener: a connection on its way to another worker is in no frontend yet
        get
        {
            int n = 0;
            foreach (FrontendState f in Frontends)
            foreach (ListenerState l in f.Listeners)
                n += l.CurrentSessions;
            return n;
        }
    }

    public void StopWorkers()
    {
        Checks.CheckStart.Leave(this);
        foreach (Worker w in Workers)
            w.Stop();
    }
}
