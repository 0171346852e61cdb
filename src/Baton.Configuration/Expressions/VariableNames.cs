// Every variable the configuration names, numbered in the order of its first mention, so that nothing looks a name up
// while traffic runs. The runtime API adds to it later ("set var"), from any thread.
using System;
using System.Collections.Generic;
using System.Threading;
using Baton.Configuration.Catalog;

namespace Baton.Configuration.Expressions;

public sealed class VariableNames
{
    /// <summary>Many small tables: one that grows beyond some ten thousand names would hold up every request at once.</summary>
    private const int Shards = 256;

    private readonly Dictionary<string, VariableName>?[] _names = new Dictionary<string, VariableName>?[Shards];
    private int _count;
    private readonly Lock _lock = new();

    private static readonly (string Prefix, VariableScope Scope)[] Scopes =
    [
        ("proc", VariableScope.Process),
        ("sess", VariableScope.Session),
        ("txn", VariableScope.Transaction),
        ("req", VariableScope.Request),
        ("res", VariableScope.Response),
        ("check", VariableScope.Check),
    ];

    /// <summary>The variable called "scope.name", made when it was not known; null with HAProxy's words when the name is no name.</summary>
    public VariableName? Resolve(string text, out string error)
    {
        error = "";
        if (text.Length == 0)
        {
            error = "Empty variable name cannot be accepted";
            return null;
        }
        int dot = text.IndexOf('.');
        int scope = dot < 0 ? -1 : Array.FindIndex(Scopes, s => text.AsSpan(0, dot).SequenceEqual(s.Prefix));
        if (scope < 0)
        {
            error =
                $"invalid variable name '{text}'. A variable name must be start by its scope. The scope can be 'proc', 'sess', 'txn', 'req', 'res' or 'check'{Catalog.Spelling.Hint(dot < 0 ? "" : text[..dot], "proc", "sess", "txn", "req", "res")}";
            return null;
        }
        for (int i = dot + 1; i < text.Length; i++)
            if (!char.IsAsciiLetterOrDigit(text[i]) && text[i] is not ('_' or '.'))
            {
                error = $"invalid syntax at char '{text[i..]}'";
                return null;
            }
        lock (_lock)
        {
            Dictionary<string, VariableName> shard = _names[ShardOf(text)] ??= [];
            if (!shard.TryGetValue(text, out VariableName? name))
                shard[text] = name = new VariableName(Scopes[scope].Scope, text, _count++);
            return name;
        }
    }

    /// <summary>All of them, at this moment.</summary>
    public VariableName[] Snapshot()
    {
        lock (_lock)
        {
            var all = new VariableName[_count];
            foreach (Dictionary<string, VariableName>? shard in _names)
            foreach (VariableName name in shard is null ? [] : (IEnumerable<VariableName>)shard.Values)
                all[name.Index] = name;
            return all;
        }
    }

    private static int ShardOf(string text) => (text.GetHashCode() & int.MaxValue) % Shards;

    /// <summary>The variable if it was ever mentioned.</summary>
    public VariableName? Find(string text)
    {
        lock (_lock)
            return _names[ShardOf(text)]?.GetValueOrDefault(text);
    }
}
