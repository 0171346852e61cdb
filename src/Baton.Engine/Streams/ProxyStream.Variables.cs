// The variables of a stream: its own of scopes txn and req or res, and those of its session, which live with the connection.
using Baton.Configuration.Expressions;
using Baton.Engine.Variables;

namespace Baton.Engine.Streams;

public abstract partial class ProxyStream
{
    private VariableStore? _transactionVariables,
        _exchangeVariables;

    /// <summary>COMPAT: from the search for a server on, variables of scope "req" are gone and those of scope "res" can be set.</summary>
    private bool _isInResponse;

    /// <summary>Whether a scope exists on this stream now.</summary>
    internal virtual bool HasScope(VariableScope scope) =>
        scope switch
        {
            VariableScope.Session or VariableScope.Transaction => true,
            VariableScope.Request => !_isInResponse,
            VariableScope.Response => _isInResponse,
            _ => false,
        };

    internal VariableStore? StoreOf(VariableScope scope) =>
        scope switch
        {
            VariableScope.Session => Session.Variables,
            VariableScope.Transaction => _transactionVariables,
            _ => _exchangeVariables,
        };

    /// <summary>Null when there is no memory for one.</summary>
    internal VariableStore? EnsureStore(VariableScope scope) =>
        scope switch
        {
            VariableScope.Session => Session.Variables ??= Worker.VariableStores.Rent(),
            VariableScope.Transaction => _transactionVariables ??= Worker.VariableStores.Rent(),
            _ => _exchangeVariables ??= Worker.VariableStores.Rent(),
        };

    /// <summary>The request has been decided: its variables end, those of the response begin.</summary>
    internal void BeginResponseVariables()
    {
        if (_isInResponse)
            return;
        _isInResponse = true;
        if (_exchangeVariables is { IsEmpty: false } request)
            Empty(request, VariableScope.Request);
    }

    /// <summary>Gives the stream's own variables and its identifier back.</summary>
    protected void ReleaseVariables()
    {
        UniqueId.Release();
        _isInResponse = false;
        Release(ref _exchangeVariables, VariableScope.Request);
        Release(ref _transactionVariables, VariableScope.Transaction);
    }

    private void Release(ref VariableStore? store, VariableScope scope)
    {
        if (store is null)
            return;
        Empty(store, scope);
        Worker.VariableStores.Return(store);
        store = null;
    }

    private void Empty(VariableStore store, VariableScope scope)
    {
        if (Worker.Engine.VariableLimits is { } limits && Client is not null)
            VariableAccess.Account(this, scope, limits, -store.TotalCost);
        store.Clear(Worker.VariableMemory);
    }
}
