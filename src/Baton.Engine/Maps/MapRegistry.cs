// Every map file the configuration names, each once: converters find theirs here while the file is read, the runtime API
// finds them by file name or "#id". One configuration a process, hence one registry.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Threading;

namespace Baton.Engine.Maps;

public static class MapRegistry
{
    private static readonly Lock Gate = new();
    private static readonly List<MapFile> Files = [];

    /// <summary>All maps, in the order of their numbers.</summary>
    public static MapFile[] All { get { lock (Gate) return [.. Files]; } }

    /// <summary>The map of a file, read when it was not known; null with the reason when it cannot be.</summary>
    internal static MapFile? Open(string name, out string error)
    {
        lock (Gate)
        {
            error = "";
            MapFile file = Files.Find(f => f.Name == name) ?? new MapFile(name, Files.Count);
            if (!file.IsLoaded && file.Load() is { } wrong) { error = wrong; return null; }
            if (file.Id == Files.Count) Files.Add(file);
            return file;
        }
    }

    /// <summary>The map of a name that rules change. COMPAT: only a converter has the file read; without one there is nothing in it at first.</summary>
    internal static MapFile Refer(string name)
    {
        lock (Gate)
        {
            if (Files.Find(f => f.Name == name) is { } known) return known;
            var file = new MapFile(name, Files.Count);
            Files.Add(file);
            return file;
        }
    }

    /// <summary>By file name or "#id".</summary>
    public static MapFile? Find(string reference)
    {
        MapFile[] all = All;
        if (!reference.StartsWith('#')) return Array.Find(all, f => f.Name == reference);
        return int.TryParse(reference.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out int id) && id < all.Length ? all[id] : null;
    }
}
