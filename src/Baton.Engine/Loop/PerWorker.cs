// What each worker has for itself of a server, a proxy or a listener: made when the worker first touches it. With 10,000
// servers and 64 workers most of it never is.
using System.Threading;

namespace Baton.Engine.Loop;

/// <summary>OWNER of an entry: its worker. Others may look at all there are.</summary>
public sealed class PerWorker<T>(int workers)
    where T : class, new()
{
    private readonly T?[] _all = new T?[workers];

    /// <summary>How many workers there are.</summary>
    public int Length => _all.Length;

    /// <summary>The worker's own, made now if it has none.</summary>
    public T this[int worker] => _all[worker] ?? Make(worker);

    /// <summary>The worker's own, null while it has none.</summary>
    public T? Find(int worker) => Volatile.Read(ref _all[worker]);

    private T Make(int worker)
    {
        // another thread (the runtime API, a handover) may ask for it at this very moment
        var made = new T();
        return Interlocked.CompareExchange(ref _all[worker], made, null) ?? made;
    }

    /// <summary>Those there are.</summary>
    public Enumerator GetEnumerator() => new(_all);

    public struct Enumerator(T?[] all)
    {
        private int _at = -1;

        public readonly T Current => all[_at]!;

        public bool MoveNext()
        {
            while (++_at < all.Length)
                if (Volatile.Read(ref all[_at]) is not null)
                    return true;
            return false;
        }
    }
}
