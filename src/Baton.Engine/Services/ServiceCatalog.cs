// The services there are. Rooms above the engine add theirs before a configuration is read.
using System.Collections.Generic;

namespace Baton.Engine.Services;

public static class ServiceCatalog
{
    private static readonly SortedDictionary<string, ServiceKeyword> s_all = new(System.StringComparer.Ordinal);

    public static IEnumerable<string> Names => s_all.Keys;

    /// <summary>Once, at start: one of the same name is replaced.</summary>
    public static void Add(ServiceKeyword service) => s_all[service.Name] = service;

    /// <summary>What answers for the statistics page, which no rule names. Set once, at start.</summary>
    public static System.Func<Streams.HttpStream, StatsAccess, ServiceEnd>? StatsPage { get; set; }

    public static ServiceKeyword? Find(string name) => s_all.GetValueOrDefault(name);
}
