// Variables of scope "proc": one set for the whole process, written by rules of every worker and by the runtime API.
using System;
using System.Collections.Generic;
using Baton.Configuration.Expressions;
using Baton.Engine.Proxies;
using Baton.Engine.Samples;

namespace Baton.Engine.Variables;

/// <summary>Shared by all workers behind a gate; values are copied out, so that nobody reads a text that is being replaced.</summary>
public sealed class ProcessVariables(int bufferSize)
{
    /// <summary>Variables of one store. There may be a million: a store that held them all would be copied whenever it grows.</summary>
    private const int StoreSize = 256;

    private readonly List<VariableStore?> _stores = [];
    private readonly VariableMemory _memory = new(bufferSize);
    private SpinGate _gate;

    /// <summary>Copies the value; its text goes into <paramref name="scratch"/>. False when it is not set or does not fit.</summary>
    public bool TryGet(int index, Span<byte> scratch, ref SampleValue value)
    {
        using (_gate.Enter())
        {
            bool found = StoreOf(index) is { } store && store.TryGet(index % StoreSize, ref value) && value.Text.Length <= scratch.Length;
            if (found && value.HasText)
            {
                value.Text.CopyTo(scratch);
                value.Text = scratch[..value.Text.Length];
            }
            return found;
        }
    }

    public bool Set(int index, scoped in SampleValue value)
    {
        // there may be no memory for it
        using (_gate.Enter())
        {
            while (index / StoreSize >= _stores.Count)
                _stores.Add(null);
            VariableStore store = _stores[index / StoreSize] ??= new(many: true);
            return store.Set(index % StoreSize, value, _memory);
        }
    }

    public void Unset(int index)
    {
        using (_gate.Enter())
            StoreOf(index)?.Unset(index % StoreSize, _memory);
    }

    private VariableStore? StoreOf(int index) => index / StoreSize < _stores.Count ? _stores[index / StoreSize] : null;

    public int CostOf(int index)
    {
        using (_gate.Enter())
            return StoreOf(index)?.CostOf(index % StoreSize) ?? 0;
    }
}
