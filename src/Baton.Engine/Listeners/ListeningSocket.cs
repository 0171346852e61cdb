// One listening socket of this process: one descriptor, whichever workers poll it. It is closed when the listener has let go of
// it and no worker's ear is on it any more.
using System.Threading;
using Baton.Interop.Linux;

namespace Baton.Engine.Listeners;

/// <summary>Any thread. Made with one holder, the listener.</summary>
public sealed class ListeningSocket(int fd)
{
    private int _holders = 1;

    /// <summary>The descriptor; good for as long as one holds it.</summary>
    public int Fd => fd;

    /// <summary>One more holder. False when the last one has gone.</summary>
    public bool TryHold()
    {
        int holders;
        do
        {
            holders = Volatile.Read(ref _holders);
            if (holders == 0)
                return false;
        } while (Interlocked.CompareExchange(ref _holders, holders + 1, holders) != holders);
        return true;
    }

    /// <summary>A holder lets go, once. It polls the descriptor no more.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
            Files.close(fd);
    }
}
