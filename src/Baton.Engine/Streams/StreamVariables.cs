// The variables of a stream: its own of scopes txn and req or res, and those of its session, which live with the connection.
using Baton.Configuration.Expressions;
using Baton.Engine.Variables;

namespace Baton.Engine.Streams;

/// <summary>A part of its stream.</summary>
internal sealed class StreamVariables(ProxyStream stream)
{
    public void Reset() => _isInResponse = false;

    /// <summary>A server is or was looked for: rules see the answer now, not the request.</summary>
    public bool AreOfResponse => _isInResponse;

    private VariableStore? _transaction,
        _exchange;

    /// <summary>COMPAT: from the search for a server on, variables of scope "req" are gone and those of scope "res" can be set.</summary>
    private bool _isInResponse;

    /// <summary>Whether a scope exists on this stream now.</summary>
    public bool HasScope(VariableScope scope) =>
        scope switch
        {
            VariableScope.Session or VariableScope.Transaction => true,
            VariableScope.Request => !_isInResponse,
            VariableScope.Response => _isInResponse,
            _ => false,
        };

    public VariableStore? StoreOf(VariableScope scope) =>
        scope switch
        {
            VariableScope.Session => stream.Session.Variables,
            VariableScope.Transaction => _transaction,
            _ => _exchange,
        };

    /// <summary>Null when there is no memory for one.</summary>
    public VariableStore? EnsureStore(VariableScope scope) =>
        scope switch
        {
            VariableScope.Session => stream.Session.Variables ??= stream.Worker.VariableStores.Rent(),
            VariableScope.Transaction => _transaction ??= stream.Worker.VariableStores.Rent(),
            _ => _exchange ??= stream.Worker.VariableStores.Rent(),
        };

    /// <summary>The request has been decided: its variables end, those of the response begin.</summary>
    public void BeginResponse()
    {
        if (_isInResponse)
            return;
        _isInResponse = true;
        if (_exchange is { IsEmpty: false } request)
            Empty(request, VariableScope.Request);
    }

    /// <summary>Gives the stream's own variables and its identifier back.</summary>
    public void ReleaseAll()
    {
        stream.UniqueId.Release();
        _isInResponse = false;
        Release(ref _exchange, VariableScope.Request);
        Release(ref _transaction, VariableScope.Transaction);
    }

    private void Release(ref VariableStore? store, VariableScope scope)
    {
        if (store is null)
            return;
        Empty(store, scope);
        stream.Worker.VariableStores.Return(store);
        store = null;
    }

    private void Empty(VariableStore store, VariableScope scope)
    {
        if (stream.Worker.Engine.VariableLimits is { } limits && stream.Client is not null)
            VariableAccess.Account(stream, scope, limits, -store.TotalCost);
        store.Clear(stream.Worker.VariableMemory);
    }
}
