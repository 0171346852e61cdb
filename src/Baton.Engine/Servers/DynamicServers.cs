// Servers that come and go at run time ("add server", "del server"). The next process makes them anew from the same words
// (DynamicServerParticipant).
using System;
using System.Collections.Generic;
using Baton.Configuration.Expressions;
using Baton.Configuration.Model;
using Baton.Configuration.Sections;
using Baton.Engine.Build;
using Baton.Engine.Proxies;

namespace Baton.Engine.Servers;

public static class DynamicServers
{
    /// <summary>COMPAT: an algorithm whose order is fixed at start has no place for a new server.</summary>
    public static bool CanGrow(BackendState backend) =>
        backend.Config.Balance.Algorithm.Kind switch
        {
            BalancerKind.StaticRoundRobin => false,
            BalancerKind.Hash => backend.Config.HashType.Method == HashMethod.Consistent,
            _ => true,
        };

    /// <summary>Makes a server of NAME ADDRESS [options] and takes it in; false with what is wrong. COMPAT: HAProxy's words.</summary>
    /// <param name="id">The number it had in the process before, 0 for none: it has that again, or another one where that is taken. Then
    /// its files are read, too, where nothing has read them here.</param>
    public static bool Create(BackendState backend, ExpressionCatalog expressions, string[] words, int id, out string wrong)
    {
        wrong = "";
        if (!CanGrow(backend))
            wrong = "Backend must use a dynamic load balancing to support dynamic servers.";
        else if (backend.FindServer(words[0]) is not null)
            wrong = NameIsTaken;
        if (wrong.Length > 0)
            return false;
        ProcessConfig running = backend.Engine.Config;
        if (DynamicServer.Parse(running, backend.Config, expressions, words, out wrong) is not { } config)
            return false;
        if (TrackFault(backend, config) is { } fault)
            wrong = fault;
        else
            Add(backend, config, words, id, out wrong);
        return wrong.Length == 0;
    }

    private const string NameIsTaken = "Already exists a server with the same name in backend.";

    private static void Add(BackendState backend, ServerConfig config, string[] words, int id, out string wrong)
    {
        ServerState? server;
        // of two operators who want the same one is first
        lock (backend.StateLock)
            server = AddUnderLock(backend, config, words, id, out wrong);
        if (server is not null)
            Tracking.Link(server);
    }

    private static ServerState? AddUnderLock(BackendState backend, ServerConfig config, string[] words, int id, out string wrong)
    {
        bool isTaken = config.Id > 0 && backend.Servers.Exists(s => s.Id == config.Id);
        wrong =
            backend.IsRemoved ? "No such backend."
            : backend.FindServer(config.Name) is not null ? NameIsTaken
            : isTaken && id == 0 ? $"'id' : custom id {config.Id} already used in backend '{backend.Name}'."
            : "";
        if (wrong.Length > 0)
            return null;
        if (isTaken || config.Id == 0)
            config.Id = FreeId(backend, id);
        int index = 0;
        foreach (ServerState s in backend.Servers)
            index = Math.Max(index, s.Index + 1);
        var server = new ServerState(backend, config, index)
        {
            Endpoint = AddressResolver.ServerEndpoint(config.Address, config.ResolvePrefer),
            LastStateChangeMs = Environment.TickCount64,
            IsDisabledInFile = false,
            AddedWords = words,
        };
        server.ConfiguredEndpoint = server.Endpoint;
        if (config.Disabled)
            server.Admin = AdminState.ForcedMaintenance;
        wrong = TlsServerBuilder.AddTo(server, mayRead: id > 0);
        if (wrong.Length > 0)
            return null;
        Checks.CheckStart.Add(server);
        using (backend.Gate.Enter())
        {
            backend.Servers = [.. backend.Servers, server];
        }
        backend.Balancer.Change(server);
        return server;
    }

    /// <summary>The one that is wished for, or else the lowest that is free.</summary>
    private static int FreeId(BackendState backend, int wished)
    {
        if (wished > 0 && !backend.Servers.Exists(s => s.Id == wished))
            return wished;
        // PERF: of a thousand servers
        var taken = new HashSet<int>(backend.Servers.Count);
        foreach (ServerState s in backend.Servers)
            taken.Add(s.Id);
        int id = 1;
        while (taken.Contains(id))
            id++;
        return id;
    }

    /// <summary>Why it cannot follow the server its line names; null when it can, or is to follow none. COMPAT: HAProxy's words.</summary>
    public static string? TrackFault(BackendState backend, ServerConfig config)
    {
        if (config.Track is not { } track)
            return null;
        if (config.Check.On)
            return "unable to enable checks and tracking at the same time!";
        (string? proxy, string name) = ServerConfig.SplitTrack(track);
        BackendState? at = proxy is null ? backend : backend.Engine.FindBackend(proxy);
        if (at is null)
            return $"unable to find required proxy '{proxy}' for tracking.";
        if (at.FindServer(name) is not { } tracked)
            return $"unable to find required server '{name}' for tracking.";
        if (tracked.Check is null && tracked.Agent is null && tracked.Tracked is null)
            return $"unable to use {at.Name}/{name} for tracking as it does not have any check nor agent enabled.";
        if (tracked.IsDynamic)
            return $"unable to use {at.Name}/{name} for tracking as it is a dynamic server.";
        return null;
    }

    /// <summary>A use-server rule leads to it, another server follows it, or its address follows a name: it stays.</summary>
    public static bool IsReferenced(ServerState server) =>
        server.Trackers.Length > 0
        || server.Addressing is not null
        || server.Backend.Config.UseServers.Exists(u => u.ServerName.IsLiteral && u.ServerName.Text == server.Name);

    /// <summary>Takes a server out that is in maintenance; false when somebody is still on it or waits for it.</summary>
    public static bool TryRemove(ServerState server)
    {
        BackendState backend = server.Backend;
        lock (backend.StateLock)
            if (!TryRemove(backend, server))
                return false;
        // under the other backend's lock alone: two removals at a time never wait for each other
        Tracking.Unlink(server);
        return true;
    }

    private static bool TryRemove(BackendState backend, ServerState server)
    {
        bool free;
        using (backend.Gate.Enter())
        {
            free =
                (server.Admin & AdminState.AnyMaintenance) != 0
                && server.CurrentSessions == 0
                && server.Served == 0
                && server.Queue.Count == 0
                && server.IdleConnections == 0;
            if (free)
                backend.Servers = backend.Servers.FindAll(s => s != server);
        }
        if (!free)
            return false;
        server.IsRemoved = true;
        backend.Balancer.Change(server);
        Checks.CheckStart.Remove(server);
        return true;
    }
}
