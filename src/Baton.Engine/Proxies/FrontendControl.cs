// Frontends that are paused, resumed and stopped while the process runs: their listeners follow.
using System.Threading;
using Baton.Engine.Listeners;
using Baton.Engine.Loop;
using Baton.Interop.Linux;

namespace Baton.Engine.Proxies;

/// <summary>One a process; any thread, one at a time.</summary>
public sealed class FrontendControl(EngineState engine)
{
    /// <summary>Makes a frontend's listeners follow its status (runtime API): accept, rest, or close for good.</summary>
    public void Apply(FrontendState frontend)
    {
        switch (frontend.Status)
        {
            case ProxyStatus.Open:
                Resume(frontend);
                return;
            case ProxyStatus.Paused:
                Pause(frontend);
                return;
        }
        foreach (ListenerState l in frontend.Listeners)
            l.Accepting = false;
        engine.OnEachWorker(w =>
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
        engine.Notices.Stopped(frontend);
    }

    /// <summary>SIGTTOU.</summary>
    public void PauseAll()
    {
        foreach (FrontendState f in engine.Frontends)
            if (f.Status == ProxyStatus.Open && f.Listeners.Exists(static l => l.Accepting))
                Pause(f);
    }

    /// <summary>
    /// Takes what is queued, then stops listening, so that another process can bind the same addresses without
    /// SO_REUSEPORT. Between the two a client may be refused: that is this method's price.
    /// </summary>
    private void Pause(FrontendState frontend)
    {
        foreach (ListenerState l in frontend.Listeners)
            l.Accepting = false;
        int left = engine.WorkerCount;
        engine.OnEachWorker(w =>
        {
            foreach (Acceptor a in w.Acceptors)
                if (a.Listener.Target == frontend)
                    a.DrainAndPause();
            if (!engine.SocketsExported)
                AbstractNames.CloseEars(w, frontend);
            if (Interlocked.Decrement(ref left) == 0)
                StopListening(frontend);
        });
        engine.Notices.Paused(frontend);
    }

    /// <summary>
    /// COMPAT: a receive shutdown makes a TCP socket stop listening and leaves it bound. UNIX and inherited sockets stay as
    /// they are, and so does what another process listens on as well.
    /// </summary>
    private void StopListening(FrontendState frontend)
    {
        if (engine.SocketsExported)
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
    public void ResumeAll()
    {
        foreach (FrontendState f in engine.Frontends)
            if (f.Status == ProxyStatus.Open && f.Listeners.Exists(static l => !l.Accepting))
                Resume(f);
    }

    /// <summary>An address that another process has taken meanwhile stays paused.</summary>
    private void Resume(FrontendState frontend)
    {
        foreach (ListenerState l in frontend.Listeners)
        {
            bool listening = true;
            if (AbstractNames.IsOne(l) && l.Descriptors.Length == 0)
            {
                listening = AbstractNames.BindAgain(l, engine.Config.Global);
                if (listening)
                    engine.OnEachWorker(w =>
                    {
                        if (EngineState.MayServe(w, l))
                            engine.AddAcceptors(w, l);
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
        engine.OnEachWorker(w =>
        {
            foreach (Acceptor a in w.Acceptors)
                if (a.Listener.Target == frontend && a.Listener.Accepting)
                    a.Start();
        });
        engine.Notices.Resumed(frontend);
    }
}
