// Listeners on abstract UNIX names (abns@). Nothing shares such a name and nothing stops it from listening: it is free for another
// process when the last descriptor is closed. So a paused one is closed, and bound again when it goes on.
using Baton.Configuration.Model;
using Baton.Engine.Loop;
using Baton.Engine.Proxies;

namespace Baton.Engine.Listeners;

public static class AbstractNames
{
    /// <summary>Whether the listener has such a name.</summary>
    public static bool IsOne(ListenerState listener) => listener.Endpoint is { } endpoint && endpoint.Path.StartsWith('\0');

    /// <summary>Takes a worker's ears off the frontend's abstract names. On the worker's thread.</summary>
    internal static void CloseEars(Worker worker, FrontendState frontend) =>
        worker.Acceptors.RemoveAll(a =>
        {
            if (a.Listener.Target != frontend || !IsOne(a.Listener))
                return false;
            a.Close();
            return true;
        });

    /// <summary>Lets the name go, once no worker listens on it.</summary>
    internal static void Release(ListenerState listener)
    {
        listener.CloseSockets();
        listener.Unlistened = true;
    }

    /// <summary>True when it listens again; the workers' ears are the caller's.</summary>
    internal static bool BindAgain(ListenerState listener, GlobalConfig global) =>
        new ListenerBinder(global, null).Bind(listener, listener.Backlog) is null;
}
