using System.Diagnostics.CodeAnalysis;
using System.Threading;

namespace Baton.Engine.Proxies;

/// <summary>A tiny lock for sections of a few dozen instructions. Not re-entrant. It is left whatever happens inside: a fault that one
/// worker meets there must not hang all of them.</summary>
public struct SpinGate
{
    private int _held;

    /// <summary>Enters; who disposes of what it returns leaves.</summary>
    [UnscopedRef]
    public Hold Enter()
    {
        if (Interlocked.CompareExchange(ref _held, 1, 0) != 0)
            EnterSlow();
        return new Hold(ref _held);
    }

    /// <summary>Leaves, where no scope does it: in a "finally".</summary>
    public void Exit() => Volatile.Write(ref _held, 0);

    private void EnterSlow()
    {
        var wait = new SpinWait();
        while (Interlocked.CompareExchange(ref _held, 1, 0) != 0)
            wait.SpinOnce();
    }

    public readonly ref struct Hold(ref int held)
    {
        private readonly ref int _held = ref held;

        public void Dispose() => Volatile.Write(ref _held, 0);
    }
}
