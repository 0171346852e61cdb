using System.Threading;

namespace Baton.Engine.Proxies;

/// <summary>A tiny lock for sections of a few dozen instructions. Not re-entrant.</summary>
public struct SpinGate
{
    private int _held;

    public void Enter()
    {
        if (Interlocked.CompareExchange(ref _held, 1, 0) != 0)
            EnterSlow();
    }

    public void Exit() => Volatile.Write(ref _held, 0);

    private void EnterSlow()
    {
        var wait = new SpinWait();
        while (Interlocked.CompareExchange(ref _held, 1, 0) != 0)
            wait.SpinOnce();
    }
}
