// Variables of scope "proc": one set for the whole process, written by rules of every worker and by the runtime API.
using System;
using Baton.Configuration.Expressions;
using Baton.Engine.Proxies;
using Baton.Engine.Samples;

namespace Baton.Engine.Variables;

/// <summary>Shared by all workers behind a gate; values are copied out, so that nobody reads a text that is being replaced.</summary>
public sealed class ProcessVariables(int bufferSize)
{
    private readonly VariableStore _store = new(many: true);
    private readonly VariableMemory _memory = new(bufferSize);
    private SpinGate _gate;

    /// <summary>Copies the value; its text goes into <paramref name="scratch"/>. False when it is not set or does not fit.</summary>
    public bool TryGet(int index, Span<byte> scratch, ref SampleValue value)
    {
        _gate.Enter();
        bool found = _store.TryGet(index, ref value) && value.Text.Length <= scratch.Length;
        if (found && value.HasText)
        {
            value.Text.CopyTo(scratch);
            value.Text = scratch[..value.Text.Length];
        }
        _gate.Exit();
        return found;
    }

    public bool Set(int index, scoped in SampleValue value)
    {
        _gate.Enter();
        bool done = _store.Set(index, value, _memory);
        _gate.Exit();
        return done;
    }

    public void Unset(int index)
    {
        _gate.Enter();
        _store.Unset(index, _memory);
        _gate.Exit();
    }

    public int CostOf(int index)
    {
        _gate.Enter();
        int cost = _store.CostOf(index);
        _gate.Exit();
        return cost;
    }
}
