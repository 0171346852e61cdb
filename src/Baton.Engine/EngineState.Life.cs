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
        if (!AwaitsAuthority)
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
    private void AddAcceptors(Worker worker, ListenerState listener)
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
            if (acceptor.Listener.Accepting && !(AwaitsAuthority && acceptor.Listener.Target is not FrontendState))
                acceptor.Start();
        Checks.CheckStart.Begin(worker);
        if (worker.Index == 0 && !AwaitsAuthority)
            PeersStart.Begin(this);
        worker.Run();
    }

    /// <summary>Makes a frontend's listeners follow its status (runtime API): accept, rest, or close for good.</summary>
    public void ApplyStatus(FrontendState frontend)
    {
        switch (frontend.Status)
        {
            case ProxyStatus.Open:
                ResumeListeners(frontend);
                return;
            case ProxyStatus.Paused:
                PauseListeners(frontend);
                return;
        }
        foreach (ListenerState l in frontend.Listeners)
            l.Accepting = false;
        OnEachWorker(w =>
            w.Acceptors.RemoveAll(a =>
            {
                if (a.Listener.Target != frontend)
                    return false;
                a.Close();
                return true;
            })
        );
        foreach (ListenerState l in frontend.Listeners)
            l.CloseSockets();
        AnnounceStopped(frontend);
    }

    /// <summary>Runs an action on every worker's own thread.</summary>
    public void OnEachWorker(Action<Worker> action)
    {
        foreach (Worker worker in Workers)
            worker.Post(action);
    }

    /// <summary>SIGTTOU.</summary>
    public void PauseListeners()
    {
        foreach (FrontendState f in Frontends)
            if (f.Status == ProxyStatus.Open && f.Listeners.Exists(static l => l.Accepting))
                PauseListeners(f);
    }

    /// <summary>
    /// Takes what is queued, then stops listening, so that another process can bind the same addresses without
    /// SO_REUSEPORT. Between the two a client may be refused: that is this method's price.
    /// </summary>
    private void PauseListeners(FrontendState frontend)
    {
        foreach (ListenerState l in frontend.Listeners)
            l.Accepting = false;
        int left = WorkerCount;
        OnEachWorker(w =>
        {
            foreach (Acceptor a in w.Acceptors)
                if (a.Listener.Target == frontend)
                    a.DrainAndPause();
            if (!SocketsExported)
                AbstractNames.CloseEars(w, frontend);
            if (Interlocked.Decrement(ref left) == 0)
                StopListening(frontend);
        });
        AnnouncePaused(frontend);
    }

    /// <summary>
    /// COMPAT: a receive shutdown makes a TCP socket stop listening and leaves it bound. UNIX and inherited sockets stay as
    /// they are, and so does what another process listens on as well.
    /// </summary>
    private void StopListening(FrontendState frontend)
    {
        if (SocketsExported)
            return;
        foreach (ListenerState l in frontend.Listeners)
        {
            if (l.Accepting || l.Endpoint is null)
                continue;
            if (AbstractNames.IsOne(l))
                AbstractNames.Release(l);
            if (l.Endpoint.Family == Sockets.AF_UNIX)
                continue;
            foreach (int fd in l.Descriptors)
                Sockets.shutdown(fd, Sockets.SHUT_RD);
            l.Unlistened = true;
        }
    }

    /// <summary>SIGTTIN: listen again where it was stopped, and accept. What an operator has paused stays so.</summary>
    public void ResumeListeners()
    {
        foreach (FrontendState f in Frontends)
            if (f.Status == ProxyStatus.Open && f.Listeners.Exists(static l => !l.Accepting))
                ResumeListeners(f);
    }

    /// <summary>An address that another process has taken meanwhile stays paused.</summary>
    private void ResumeListeners(FrontendState frontend)
    {
        foreach (ListenerState l in frontend.Listeners)
        {
            bool listening = true;
            if (AbstractNames.IsOne(l) && l.Descriptors.Length == 0)
            {
                listening = AbstractNames.BindAgain(l, Config.Global);
                if (listening)
                    OnEachWorker(w =>
                    {
                        if (MayServe(w, l))
                            AddAcceptors(w, l);
                    });
            }
            // also where this process did not stop it: another one that has the socket may have
            if (!l.IsSocketPair)
                foreach (int fd in l.Descriptors)
                    listening &= Sockets.listen(fd, l.Backlog) == 0;
            l.Unlistened = !listening;
            if (listening)
                l.Accepting = true;
        }
        OnEachWorker(w =>
        {
            foreach (Acceptor a in w.Acceptors)
                if (a.Listener.Target == frontend && a.Listener.Accepting)
                    a.Start();
        });
        AnnounceResumed(frontend);
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
        AnnounceAllStopped(stopped);
    }

    /// <summary>hard-stop-after is over: every stream ends. Those that were waiting for an answer get one from here.</summary>
    public void HardStop()
    {
        Warn("soft-stop running for too long, performing a hard-stop.");
        foreach (FrontendState f in Frontends)
            if (f.CurrentSessions > 0)
                Warn(
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
