// Making the resolvers sections, and giving them the servers that follow names.
using System.Collections.Generic;
using Baton.Configuration.Model;
using Baton.Engine.Loop;
using Baton.Engine.Servers;

namespace Baton.Engine.Resolvers;

public static class ResolversStart
{
    /// <summary>Once, before the workers run.</summary>
    public static void Create(EngineState engine)
    {
        foreach (ResolversConfig config in engine.Config.Resolvers)
            engine.Resolvers.Add(new ResolversState(config, engine.Workers[0]));
        if (engine.Resolvers.Count == 0)
            return;
        var services = new Dictionary<(object Backend, string Service), ServiceRecords>();
        foreach (var backend in engine.Backends)
        foreach (ServerState server in backend.Servers)
            if (server.Config is { Resolvers: { } section, Address: { Kind: AddressKind.Name, HostName: var name } })
                Find(engine, section)?.Add(server, name, services);
    }

    public static ResolversState? Find(EngineState engine, string section) => engine.Resolvers.Find(r => r.Config.Name == section);
}
