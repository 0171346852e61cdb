// Backends that come and go at run time ("add backend", "del backend"). Streams find them by names that rules make (use_backend with a
// sample), once they are published; the next process makes them anew (DynamicServerParticipant).
using System.Collections.Generic;
using Baton.Configuration.Model;
using Baton.Configuration.Sections;
using Baton.Engine.Proxies;

namespace Baton.Engine.Build;

public static class DynamicBackends
{
    /// <summary>COMPAT: where numbers of proxies begin.</summary>
    private const int FirstId = 2;

    /// <summary>Makes a backend of what a defaults section says, unpublished; null with what is wrong.</summary>
    /// <param name="mode">"tcp" or "http"; null for that of the defaults.</param>
    /// <param name="id">The number it had in the process before: it has that again where it is free; 0 for none.</param>
    public static BackendState? Create(EngineState engine, string name, string from, string? mode, string? guid, int id, out string wrong)
    {
        wrong = "";
        // of two operators who want the same one is first
        lock (engine.BackendsLock)
        {
            if (engine.Config.Proxies.Exists(p => p.Name == name) || engine.FindBackend(name) is not null)
                wrong = "Already exists a proxy with the same name.";
            else if (guid is not null && HasGuid(engine, guid))
                wrong = $"'guid' : '{guid}' is already used.";
            if (wrong.Length > 0 || DynamicBackend.Make(engine.Config, name, from, mode, guid, out wrong) is not { } config)
                return null;
            config.Id = FreeId(engine, id);
            if (EngineBuilder.BackendAtRunTime(engine, config, from, out wrong) is not { } backend)
                return null;
            engine.SetBackends([.. engine.Backends, backend]);
            return backend;
        }
    }

    private static bool HasGuid(EngineState engine, string guid)
    {
        if (engine.Config.Proxies.Exists(p => p.Guid == guid))
            return true;
        foreach (BackendState backend in engine.Backends)
            if (backend.Config.Guid == guid || backend.Servers.Exists(s => s.Config.Guid == guid))
                return true;
        return false;
    }

    private static int FreeId(EngineState engine, int wished)
    {
        var taken = new HashSet<int>();
        foreach (ProxyConfig proxy in engine.Config.Proxies)
            taken.Add(proxy.Id);
        foreach (BackendState backend in engine.Backends)
            taken.Add(backend.Config.Id);
        if (wished >= FirstId && !taken.Contains(wished))
            return wished;
        int id = FirstId;
        while (taken.Contains(id))
            id++;
        return id;
    }

    /// <summary>What keeps it from being removed; null for nothing.</summary>
    public static string? RemovalFault(BackendState backend) =>
        !backend.IsDynamic ? "Only a backend that was added at run time can be deleted."
        : backend.IsPublished ? "Only an unpublished backend can be deleted."
        : backend.Servers.Count > 0 ? "Backend still has servers attached to it, cannot remove it."
        : backend.CurrentSessions > 0 || backend.TotalQueued > 0 ? "Backend still has streams attached to it, cannot remove it."
        : null;

    /// <summary>Takes it out; null, or what keeps it.</summary>
    public static string? TryRemove(BackendState backend)
    {
        EngineState engine = backend.Engine;
        lock (engine.BackendsLock)
            lock (backend.StateLock)
            {
                if (backend.IsRemoved)
                    return "No such backend.";
                if (RemovalFault(backend) is { } fault)
                    return fault;
                // nobody adds a server to it any more
                backend.IsRemoved = true;
                engine.SetBackends(engine.Backends.FindAll(b => b != backend));
                return null;
            }
    }
}
