// global: limits and threads.
using System;
using System.Collections.Generic;
using System.Globalization;
using Baton.Configuration.Catalog;
using Baton.Configuration.Directives;
using Baton.Configuration.Model;

namespace Baton.Configuration.Sections;

internal static class GlobalLimits
{
    /// <summary>Threads one process may have.</summary>
    internal const int MaxThreads = 64;

    /// <summary>The first number that is not zero counts.</summary>
    private static DirectiveKeyword Number(string name, int min, Func<GlobalConfig, int> get, Action<GlobalConfig, int> set) =>
        new(name, SectionKinds.Global, c =>
        {
            if (c.Expect(1, 1, "an integer argument") && c.Integer(0, min, int.MaxValue, out int v) && !c.IsRepeated(get(c.Global) != 0))
                set(c.Global, v);
        });

    private static void NbThread(DirectiveContext c)
    {
        if (!c.Expect(1, 1, "an integer argument"))
            return;
        if (!int.TryParse(c[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int v))
            c.Error($"'nbthread' passed a missing or unparsable integer value in '{c[0]}'", c[0]);
        else if (v is < 1 or > MaxThreads)
            c.Error($"'nbthread' value must be between 1 and {MaxThreads} (was {v})", c[0]);
        else
            c.Global.NbThread = v;
    }

    private static void PrivilegedPorts(DirectiveContext c)
    {
        if (!c.Expect(1, 1, "'on' or 'off'"))
            return;
        if (c[0] is "on" or "off")
            c.Global.RejectPrivilegedPorts = c[0] == "on";
        else
            c.Error($"'{c.Keyword}' expects 'on' or 'off', got '{c[0]}'.", c[0]);
    }

    private static void NbProc(DirectiveContext c)
    {
        if (c[0] != "1")
            c.Error(
                "nbproc is not supported any more since HAProxy 2.5. Threads will automatically be used on multi-processor machines if available.",
                "nbproc"
            );
    }

    /// <summary>cpu-map [auto:]{process/threads} cpus...</summary>
    private static void CpuMap(DirectiveContext c)
    {
        if (c.Count < 2)
        {
            c.Error("'cpu-map' expects a process/thread set followed by CPU ranges.", "cpu-map");
            return;
        }
        string set = c[0];
        bool auto = set.StartsWith("auto:", StringComparison.Ordinal);
        if (auto)
            set = set[5..];
        int slash = set.IndexOf('/');
        string threadText = slash < 0 ? "all" : set[(slash + 1)..];
        if (Ranges(slash < 0 ? set : set[..slash], MaxThreads, 1) is not { } processes)
        {
            c.Error($"'cpu-map' : invalid process set '{set}'.", set);
            return;
        }
        List<int>? threads = Ranges(threadText, MaxThreads, 1);
        // COMPAT: a set of processors has no order of its own
        var cpus = new SortedSet<int>();
        for (int i = 1; i < c.Count; i++)
        {
            if (c[i] is [>= '0' and <= '9', ..] && Ranges(c[i], 1024, 0) is { } range)
                cpus.UnionWith(range);
            else
            {
                c.Error($"'cpu-map' : invalid CPU range '{c[i]}'.", c[i]);
                return;
            }
        }
        if (threads is null)
            c.Error($"'cpu-map' : invalid thread range '{threadText}'.", threadText);
        else if (auto && cpus.Count != threads.Count && cpus.Count != processes.Count)
            c.Error($"'cpu-map' : '{c[0]}' needs as many CPUs as there are threads, or processes, to be bound one to one.", c[0]);
        // COMPAT: there is one process, number 1
        else if (processes.Contains(0))
            c.Global.CpuMaps.Add(new CpuMapConfig([.. threads], [.. cpus], auto));
    }

    /// <summary>"1", "1-4", "1,3-5", "all", "odd", "even" as numbers from 0; null when malformed.</summary>
    internal static List<int>? Ranges(string text, int limit, int origin)
    {
        var list = new List<int>();
        foreach (string part in text.Split(','))
        {
            if (part is "all" or "odd" or "even")
            {
                for (int i = origin; i < limit + origin; i++)
                    if (part == "all" || i % 2 == (part == "odd" ? 1 : 0))
                        list.Add(i - origin);
                continue;
            }
            int dash = part.IndexOf('-');
            string from = dash < 0 ? part : part[..dash],
                to = dash < 0 ? part : part[(dash + 1)..];
            if (!int.TryParse(from, NumberStyles.None, CultureInfo.InvariantCulture, out int low))
                return null;
            int high = limit - 1 + origin;
            if (to.Length > 0 && !int.TryParse(to, NumberStyles.None, CultureInfo.InvariantCulture, out high))
                return null;
            if (high < low)
                (low, high) = (high, low);
            if (low < origin || high - origin >= limit)
                return null;
            for (int i = low; i <= high; i++)
                list.Add(i - origin);
        }
        return list;
    }

    internal static readonly DirectiveKeyword[] Keywords =
    [
        Number("maxconn", 0, g => g.MaxConn, (g, v) => g.MaxConn = v),
        Number("ulimit-n", 0, g => g.UlimitN, (g, v) => g.UlimitN = v),
        Number("maxpipes", 0, g => g.MaxPipes, (g, v) => g.MaxPipes = v),
        Number("fd-hard-limit", 1, g => g.FdHardLimit, (g, v) => g.FdHardLimit = v),
        Number("maxconnrate", 0, g => g.MaxConnRate, (g, v) => g.MaxConnRate = v),
        Number("maxsessrate", 0, g => g.MaxSessRate, (g, v) => g.MaxSessRate = v),
        new("nbthread", SectionKinds.Global, NbThread),
        new("harden.reject-privileged-ports.tcp", SectionKinds.Global, PrivilegedPorts),
        new("nbproc", SectionKinds.Global, NbProc),
        new("cpu-map", SectionKinds.Global, CpuMap),
    ];
}
