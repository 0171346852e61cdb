// Descriptors that do nothing but be there: when the process has run out of them, one is given up for an operator who
// wants to know why. Traffic never gets one.
using System;
using System.Threading;
using Baton.Interop.Linux;

namespace Baton.Engine.Listeners;

/// <summary>OWNER: the engine; any thread.</summary>
public sealed class DescriptorReserve
{
    private const int Size = 2;
    private readonly Lock _gate = new();
    private readonly int[] _held = new int[Size];

    public DescriptorReserve()
    {
        Array.Fill(_held, -1);
        Refill();
    }

    /// <summary>Frees one descriptor; false when all are in use.</summary>
    public bool GiveUpOne()
    {
        lock (_gate)
        {
            int at = Array.FindIndex(_held, fd => fd >= 0);
            if (at < 0)
                return false;
            Files.close(_held[at]);
            _held[at] = -1;
            return true;
        }
    }

    /// <summary>Takes back what was given up, as far as there are descriptors. Called when a connection of an operator has ended.</summary>
    public void Refill()
    {
        lock (_gate)
        {
            for (int i = 0; i < Size; i++)
                if (_held[i] < 0)
                    _held[i] = Epoll.eventfd(0, Files.O_CLOEXEC);
        }
    }

    public void Close()
    {
        while (GiveUpOne()) { }
    }
}
