// The "stick" lines of a backend at work: which server a client's key leads to, and which one is written down for it.
using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using Baton.Configuration.Expressions;
using Baton.Configuration.Model;
using Baton.Engine.Acls;
using Baton.Engine.Proxies;
using Baton.Engine.Samples;
using Baton.Engine.Servers;
using Baton.Engine.Streams;

namespace Baton.Engine.StickTables;

/// <summary>Built once, shared by the workers.</summary>
public sealed class StickRules
{
    private sealed record Rule(Condition? Condition, SampleExpressionConfig Key, StickTableReference Table, StickRuleUse Use);

    private readonly List<Rule> _request = [],
        _response = [];

    /// <summary>Null when the backend has no such lines.</summary>
    public static StickRules? Create(ProxyConfig proxy)
    {
        if (proxy.StickRules.Count == 0)
            return null;
        var rules = new StickRules();
        foreach (StickRuleConfig line in proxy.StickRules)
            (line.Use == StickRuleUse.StoreResponse ? rules._response : rules._request).Add(
                new Rule(line.Condition is null ? null : new Condition(line.Condition), line.Key, line.Table, line.Use)
            );
        return rules;
    }

    /// <summary>The request is decided, and no server yet. COMPAT: what has chosen one before is not overruled; of rules that write
    /// into the same table the first with a key counts, and the others are not looked at.</summary>
    public void OnRequest(ProxyStream stream)
    {
        stream.StickStores?.Clear();
        foreach (Rule rule in _request)
        {
            if (StickTracking.TableOf(stream, rule.Table) is not { } table)
                continue;
            bool stores = (rule.Use & StickRuleUse.StoreRequest) != 0;
            if (stores && stream.StickStores?.Has(table, 0) == true || rule.Condition?.Holds(stream) == false)
                continue;
            if (!TryKey(stream, rule, table, out ReadOnlySpan<byte> key))
                continue;
            if ((rule.Use & StickRuleUse.Match) != 0 && !stream.Choice.IgnorePersist)
                Match(stream, table, key);
            if (stores)
                (stream.StickStores ??= new StickStores()).Add(table, key);
        }
    }

    private static bool TryKey(ProxyStream stream, Rule rule, StickTableState table, out ReadOnlySpan<byte> key)
    {
        SampleValue value = default;
        key = default;
        Span<byte> room = stream.Worker.Scratch.OutputSpan;
        if (!StickTracking.TryKey(stream, rule.Key, table, stream.Worker.Scratch.SampleSpan, room, ref value, out ReadOnlySpan<byte> made))
            return false;
        made.CopyTo(room);
        key = room[..made.Length];
        return true;
    }

    private static void Match(ProxyStream stream, StickTableState table, ReadOnlySpan<byte> key)
    {
        long now = stream.Worker.NowMs;
        StickEntry entry = table.Find(key, now);
        if (!entry.IsSet)
            return;
        table.Touch(entry, now);
        if (stream.Choice.Pinned is null && Target(stream, table, entry, now) is { } server)
            if (server.IsRunning || stream.Choice.Insists)
                stream.Choice.Pinned = server;
        table.Release(entry);
    }

    /// <summary>By its key, which holds when numbers are others, else by its number.</summary>
    private static ServerState? Target(ProxyStream stream, StickTableState table, in StickEntry entry, long now)
    {
        BackendState backend = stream.Backend!;
        if (table.TryRead(entry, StickDataType.ServerKey, 0, now, out long text) && text != 0)
        {
            string name = table.Texts.Of((uint)text);
            foreach (ServerState server in CollectionsMarshal.AsSpan(backend.Servers))
                if (KeyOf(table, server) == name)
                    return server;
        }
        if (!table.TryRead(entry, StickDataType.ServerId, 0, now, out long id) || id == 0)
            return null;
        foreach (ServerState server in CollectionsMarshal.AsSpan(backend.Servers))
            if (server.Id == id)
                return server;
        return null;
    }

    private static string KeyOf(StickTableState table, ServerState server) =>
        table.Config.ServerKey == StickServerKey.Address ? server.Endpoint?.Text ?? "" : server.Name;

    /// <summary>The server is connected, or has answered where that can be waited for: it is written down.</summary>
    public void OnResponse(ProxyStream stream)
    {
        int ofRequest = stream.StickStores?.Count ?? 0;
        foreach (Rule rule in _response)
        {
            if (StickTracking.TableOf(stream, rule.Table) is not { } table)
                continue;
            if (stream.StickStores?.Has(table, ofRequest) == true || rule.Condition?.Holds(stream) == false)
                continue;
            if (TryKey(stream, rule, table, out ReadOnlySpan<byte> key))
                (stream.StickStores ??= new StickStores()).Add(table, key);
        }
        if (stream.StickStores is not { Count: > 0 } stores)
            return;
        if (stream.Server is { Config.NonStick: false } server && server != stream.Backend!.Dispatch)
            for (int i = 0; i < stores.Count; i++)
                Store(stores.Table(i), stores.Key(i), server, stream.Worker.NowMs);
        stores.Clear();
    }

    private static void Store(StickTableState table, ReadOnlySpan<byte> key, ServerState server, long now)
    {
        StickEntry entry = table.FindOrAdd(key, now);
        if (!entry.IsSet)
            return;
        table.TrySet(entry, StickDataType.ServerId, 0, server.Id, now, out _);
        if (table.Layout.Stores(StickDataType.ServerKey))
            table.TrySet(entry, StickDataType.ServerKey, 0, table.Texts.NumberOf(KeyOf(table, server)), now, out _);
        table.Release(entry);
    }
}
