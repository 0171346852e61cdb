// Reading and writing variables from rules, samples and converters: which store a scope means on a stream, and what the
// limits say. Session variables live with the connection, transaction and request or response variables with the stream.
using System;
using Baton.Configuration.Expressions;
using Baton.Engine.Samples;
using Baton.Engine.Streams;

namespace Baton.Engine.Variables;

public static class VariableAccess
{
    /// <summary>False when it is not set, or its scope does not exist at this moment. A process variable's text goes into
    /// scratch.</summary>
    public static bool TryGet(ProxyStream stream, VariableName name, Span<byte> scratch, ref SampleValue value)
    {
        if (name.Scope == VariableScope.Process)
            return stream.Worker.Engine.ProcessVariables.TryGet(name.Index, scratch, ref value);
        return StoreOf(stream, name.Scope) is { } store && store.TryGet(name.Index, ref value);
    }

    public static bool IsSet(ProxyStream stream, VariableName name) =>
        name.Scope == VariableScope.Process
            ? stream.Worker.Engine.ProcessVariables.CostOf(name.Index) > 0
            : StoreOf(stream, name.Scope) is { } store && store.CostOf(name.Index) > 0;

    /// <summary>False when the scope does not exist now, the text is too long, or a tune.vars limit is reached.</summary>
    public static bool Set(ProxyStream stream, VariableName name, scoped in SampleValue value)
    {
        EngineState engine = stream.Worker.Engine;
        VariableLimits? limits = engine.VariableLimits;
        int cost = VariableStore.Overhead + (value.HasText ? value.Text.Length : 0);
        if (name.Scope == VariableScope.Process)
        {
            int change = limits is null ? 0 : cost - engine.ProcessVariables.CostOf(name.Index);
            return (limits is null || limits.TryAdd(change)) && engine.ProcessVariables.Set(name.Index, value);
        }
        if (!stream.HasScope(name.Scope))
            return false;
        if (stream.EnsureStore(name.Scope) is not { } store)
            return false;
        if (limits is not null && !Account(stream, name.Scope, limits, cost - store.CostOf(name.Index)))
            return false;
        return store.Set(name.Index, value, stream.Worker.VariableMemory);
    }

    public static void Unset(ProxyStream stream, VariableName name)
    {
        EngineState engine = stream.Worker.Engine;
        if (name.Scope == VariableScope.Process)
        {
            engine.VariableLimits?.TryAdd(-engine.ProcessVariables.CostOf(name.Index));
            engine.ProcessVariables.Unset(name.Index);
            return;
        }
        if (StoreOf(stream, name.Scope) is not { } store)
            return;
        if (engine.VariableLimits is { } limits)
            Account(stream, name.Scope, limits, -store.CostOf(name.Index));
        store.Unset(name.Index, stream.Worker.VariableMemory);
    }

    private static VariableStore? StoreOf(ProxyStream stream, VariableScope scope) => stream.HasScope(scope) ? stream.StoreOf(scope) : null;

    /// <summary>Adds bytes to a scope and every coarser one; false, and nothing added, when one of them would be too large.</summary>
    internal static bool Account(ProxyStream stream, VariableScope scope, VariableLimits limits, int bytes)
    {
        if (stream is CheckStream check)
            return check.Account(limits, bytes);
        bool exchange = scope is VariableScope.Request or VariableScope.Response,
            transaction = exchange || scope == VariableScope.Transaction;
        VariableStore? session = stream.EnsureStore(VariableScope.Session);
        VariableStore? txn = transaction ? stream.EnsureStore(VariableScope.Transaction) : null,
            own = exchange ? stream.EnsureStore(scope) : null;
        if (session is null || transaction && txn is null || exchange && own is null)
            return false;
        if (bytes > 0)
        {
            if (own is not null && !limits.Allows(VariableScope.Request, own.Size + bytes))
                return false;
            if (txn is not null && !limits.Allows(VariableScope.Transaction, txn.Size + bytes))
                return false;
            if (!limits.Allows(VariableScope.Session, session.Size + bytes))
                return false;
        }
        if (!limits.TryAdd(bytes))
            return false;
        if (own is not null)
            own.Size += bytes;
        if (txn is not null)
            txn.Size += bytes;
        session.Size += bytes;
        return true;
    }
}
