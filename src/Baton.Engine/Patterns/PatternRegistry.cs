// Every list of patterns the configuration names, each once: maps and ACLs find theirs here while the file is read, the
// runtime API finds them by file name or "#id". One configuration a process, hence one registry.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Threading;
using Baton.Configuration.Expressions;
using Baton.Configuration.Model;
using Baton.Configuration.Values;
using Baton.Interop.Linux;

namespace Baton.Engine.Patterns;

public static class PatternRegistry
{
    private static readonly Lock Gate = new();
    private static readonly List<PatternList> Lists = [];
    private static readonly Dictionary<string, PatternList> ByIdentity = [];
    private static readonly Dictionary<string, int> Alike = [];
    private static int s_numbered;

    /// <summary>All lists, in the order of their numbers.</summary>
    public static PatternList[] All
    {
        get
        {
            lock (Gate)
            {
                Number();
                return [.. Lists];
            }
        }
    }

    /// <summary>COMPAT: numbers are given in the order of the file, around those it says itself.</summary>
    private static void Number()
    {
        if (s_numbered == Lists.Count)
            return;
        var taken = new HashSet<int>();
        foreach (PatternList l in Lists)
            if (l.HasFixedId)
                taken.Add(l.Id);
        int next = 0;
        foreach (PatternList l in Lists)
        {
            if (l.HasFixedId)
                continue;
            while (taken.Contains(next))
                next++;
            l.Id = next++;
        }
        Lists.Sort((a, b) => a.Id.CompareTo(b.Id));
        s_numbered = Lists.Count;
    }

    private static PatternList Add(PatternList list)
    {
        Lists.Add(list);
        ByIdentity.TryAdd(list.Identity, list);
        return list;
    }

    /// <summary>The map of a file, read when it was not known; null with the reason when it cannot be.</summary>
    internal static PatternList? OpenMap(string name, SourcePosition at, out string error) =>
        Open(name, true, $"by map at file '{at.File}' line {at.Line}", out error);

    private static PatternList? Open(string name, bool values, string use, out string error)
    {
        lock (Gate)
        {
            error = "";
            PatternList? list = Lists.Find(l => l.File == name);
            if (list is { IsLoaded: true } && list.IsMap != values)
            {
                error =
                    $"the file \"{name}\" is already used {(values ? "with one column and cannot be used with two" : "with two columns and cannot be used with one")}";
                return null;
            }
            PatternList found = list ?? new PatternList(name, name);
            if (!found.IsLoaded && found.Load(values) is { } wrong)
            {
                error = wrong;
                return null;
            }
            if (list is null)
                Add(found);
            found.AddUse(use);
            return found;
        }
    }

    /// <summary>The list of a name that rules change. COMPAT: only a converter or an ACL has the file read; without one there is nothing in
    /// it at first.</summary>
    internal static PatternList Refer(string name, bool isMap)
    {
        lock (Gate)
        {
            PatternList list = Lists.Find(l => l.File == name) ?? Add(new PatternList(name, name) { IsMap = isMap });
            if (!isMap)
                list.IsAcl = true;
            return list;
        }
    }

    /// <summary>The tables of an ACL line: one for each file it names, and one for what is written on it. Null with the reason when
    /// something is wrong.</summary>
    internal static object[]? Bind(AclPatternsConfig config, out string error)
    {
        error = "";
        var tables = new List<object>();
        foreach ((string name, bool isMap) in config.Files)
        {
            string use = $"by {(isMap ? "map" : "acl")} at file '{config.Position.File}' line {config.Position.Line}";
            if (Open(name, isMap, use, out error) is not { } file)
                return null;
            file.IsAcl = true;
            if (file.TableFor(config.Match, config.IgnoreCase, out error) is not { } table)
                return null;
            tables.Add(table);
        }
        lock (Gate)
        {
            if (config.UniqueId is { } id && Lists.Exists(l => l.HasFixedId && l.Id == id))
            {
                error = "the id is already used";
                return null;
            }
            var list = new PatternList("", FreeIdentity($"acl {config.Owner} {config.Criterion}"))
            {
                HasFixedId = config.UniqueId is not null,
                Id = config.UniqueId ?? -1,
                IsAcl = true,
                Line = $"acl '{config.Keyword}' file '{config.Position.File}' line {config.Position.Line}",
            };
            Take(list, config);
            if (list.TableFor(config.Match, config.IgnoreCase, out error) is not { } table)
                return null;
            Add(list);
            tables.Add(table);
        }
        return [.. tables];
    }

    /// <summary>Alike lines of one proxy are told apart by their order.</summary>
    private static string FreeIdentity(string text)
    {
        int before = Alike.GetValueOrDefault(text);
        Alike[text] = before + 1;
        return before == 0 ? text : string.Create(CultureInfo.InvariantCulture, $"{text} {before + 1}");
    }

    /// <summary>COMPAT: a name among addresses is looked up once, at start, unless -n forbids it.</summary>
    private static void Take(PatternList list, AclPatternsConfig config)
    {
        foreach (string pattern in config.Patterns)
        {
            bool isName =
                config.Match == AclMatchMethod.Ip
                && !config.NoNames
                && !pattern.Contains('/')
                && !AddressParser.Network(pattern, out _, out _);
            list.Take(pattern, isName && NameResolution.Resolve(pattern, Sockets.AF_INET) is { Count: > 0 } found ? found[0] : null);
        }
    }

    /// <summary>Forgets all: for a process that reads one configuration after the other.</summary>
    public static void Reset()
    {
        lock (Gate)
        {
            Lists.Clear();
            ByIdentity.Clear();
            Alike.Clear();
            s_numbered = 0;
        }
    }

    /// <summary>By file name or "#id".</summary>
    public static PatternList? Find(string reference)
    {
        PatternList[] all = All;
        if (!reference.StartsWith('#'))
            return reference.Length == 0 ? null : Array.Find(all, l => l.File == reference);
        return int.TryParse(reference.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out int id)
            ? Array.Find(all, l => l.Id == id)
            : null;
    }

    /// <summary>The list that had an identity in the previous process.</summary>
    internal static PatternList? FindIdentity(string identity)
    {
        lock (Gate)
            return ByIdentity.GetValueOrDefault(identity);
    }
}
