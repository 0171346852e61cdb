// tune.vars.*-max-size: how many bytes the variables of each scope may take. Coarser scopes include the finer ones.
using System.Threading;
using Baton.Configuration.Expressions;
using Baton.Configuration.Model;

namespace Baton.Engine.Variables;

/// <summary>Present only when a limit is configured; 0 stands for no limit.</summary>
public sealed class VariableLimits
{
    private readonly int _session,
        _transaction,
        _exchange,
        _check;
    private readonly long _process;
    private long _used;

    private VariableLimits(GlobalConfig g)
    {
        _session = g.VariablesSessionMax;
        _transaction = g.VariablesTransactionMax;
        _exchange = g.VariablesExchangeMax;
        _check = g.VariablesCheckMax;
        _process =
            g.VariablesGlobalMax > 0 && (g.VariablesProcessMax == 0 || g.VariablesGlobalMax < g.VariablesProcessMax)
                ? g.VariablesGlobalMax
                : g.VariablesProcessMax;
    }

    public static VariableLimits? Create(GlobalConfig g) =>
        (
            g.VariablesGlobalMax
            | g.VariablesProcessMax
            | g.VariablesSessionMax
            | g.VariablesTransactionMax
            | g.VariablesExchangeMax
            | g.VariablesCheckMax
        ) == 0
            ? null
            : new VariableLimits(g);

    /// <summary>Whether a store of this scope may grow to a size.</summary>
    public bool Allows(VariableScope scope, int size)
    {
        int limit = scope switch
        {
            VariableScope.Session => _session,
            VariableScope.Transaction => _transaction,
            VariableScope.Check => _check,
            _ => _exchange,
        };
        return limit == 0 || size <= limit;
    }

    /// <summary>Counts bytes for the whole process; false, and nothing counted, when that would pass the limit.</summary>
    public bool TryAdd(int bytes)
    {
        if (Interlocked.Add(ref _used, bytes) <= _process || _process == 0 || bytes <= 0)
            return true;
        Interlocked.Add(ref _used, -bytes);
        return false;
    }
}
