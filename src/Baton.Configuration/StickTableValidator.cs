// Stick tables once the whole configuration has been read: their places, who names them, and whether the keys fit.
using System;
using System.Collections.Generic;
using Baton.Configuration.Catalog;
using Baton.Configuration.Diagnostics;
using Baton.Configuration.Expressions;
using Baton.Configuration.Model;

namespace Baton.Configuration;

internal static class StickTableValidator
{
    /// <summary>Gives tables their places and references their tables.</summary>
    public static void Link(ProcessConfig process, List<StickTableReference> references, DiagnosticSink sink)
    {
        foreach (ProxyConfig proxy in process.Proxies)
            if (proxy.StickTable is { } table)
                Add(process, table, sink);
        for (int i = 0; i < process.StickTables.Count; i++)
            process.StickTables[i].Index = i;
        foreach (StickTableReference reference in references)
            Link(process, reference, sink);
        foreach (StickTableConfig table in process.StickTables)
            if (table.WriteTo is { } target)
                WriteTo(process, table, target, sink);
        foreach (ProxyConfig proxy in process.Proxies)
            Counters(process, proxy, sink);
    }

    /// <summary>What peers say of a table goes into one with the same keys.</summary>
    private static void WriteTo(ProcessConfig process, StickTableConfig table, StickTableReference target, DiagnosticSink sink)
    {
        target.Link(process);
        if (target.Table is not { } into)
            Refuse(process, target, sink);
        else if (into == table)
            sink.Error(table.Position, $"stick-table '{table.Name}': 'write-to' cannot be the table itself.", target.Name);
        else if (into.Type != table.Type || into.KeyLength != table.KeyLength)
            sink.Error(
                table.Position,
                $"stick-table '{table.Name}': the keys of 'write-to' table '{into.Name}' are of another type or length.",
                target.Name
            );
    }

    /// <summary>Rules are about stick counters that there are.</summary>
    private static void Counters(ProcessConfig process, ProxyConfig proxy, DiagnosticSink sink)
    {
        int most = process.Global.StickCounters - 1;
        foreach (List<RuleConfig> list in proxy.RuleLists)
        foreach (RuleConfig rule in list)
        {
            if (rule.Action.StickCounter?.Invoke(rule) is not { } counter || counter >= 0 && counter <= most)
                continue;
            sink.Error(
                rule.Position,
                $"'{RuleContext.Name(rule.RuleSet)} {rule.Word}' : there is no stick counter {counter}: the highest is {most} (see tune.stick-counters).",
                rule.Word
            );
        }
    }

    private static void Add(ProcessConfig process, StickTableConfig table, DiagnosticSink sink)
    {
        if (process.FindStickTable(table.Name) is { } other && !table.Proxy!.Disabled)
            sink.Error(table.Position, $"stick-table name '{table.Name}' conflicts with table declared at {other.Position}.", table.Name);
        else if (!table.Proxy!.Disabled)
            process.StickTables.Add(table);
    }

    private static void Link(ProcessConfig process, StickTableReference reference, DiagnosticSink sink)
    {
        reference.Link(process);
        if (reference.Table is not { } table)
        {
            Refuse(process, reference, sink);
            return;
        }
        if (!Fits(reference.Key, table.Type))
            sink.Error(
                reference.At,
                $"stick-table '{table.Name}' has keys of type '{table.TypeName}', which what '{reference.User}' is given cannot be.",
                reference.User
            );
        if (reference.NeedsData is { } needed && table.Find(needed) is null)
            sink.Error(
                reference.At,
                $"stick-table '{table.Name}' does not store '{StickDataKind.Of(needed).Name}', which '{reference.User}' counts.",
                reference.User
            );
        if (!reference.NeedsServer)
            return;
        table.Store(new StickDataConfig(StickDataType.ServerId));
        table.Store(new StickDataConfig(StickDataType.ServerKey));
    }

    private static void Refuse(ProcessConfig process, StickTableReference reference, DiagnosticSink sink)
    {
        // a section that serves nobody has no table to be looked at either
        if (process.Proxies.Exists(p => p.Disabled && (p == reference.Section || p.Name == reference.Name)))
            return;
        if (reference.Name.Length > 0)
        {
            string? near = Spelling.Nearest(reference.Name, process.StickTables.ConvertAll(static t => t.Name));
            sink.Error(
                reference.At,
                $"unable to find stick-table '{reference.Name}' referenced in '{reference.User}'.",
                reference.Name,
                near
            );
            return;
        }
        string where =
            reference.Section is null ? "there is no section whose table it could be"
            : reference.Section.Capabilities == ProxyCapabilities.Defaults ? "a defaults section has none of its own"
            : $"'{reference.Section.Name}' has none of its own";
        sink.Error(reference.At, $"'{reference.User}' has to name a stick-table: {where}.", reference.User);
    }

    private static bool Fits(SampleType sample, StickKeyType key) =>
        SampleCasts.Exists(
            sample,
            key switch
            {
                StickKeyType.Ip => SampleType.IPv4,
                StickKeyType.Ipv6 => SampleType.IPv6,
                StickKeyType.Integer => SampleType.Integer,
                StickKeyType.String => SampleType.String,
                _ => SampleType.Binary,
            }
        );
}
