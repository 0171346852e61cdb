// Handlers of descriptors that other workers poll as well (listening sockets). The table of descriptors has one handler for each
// number; here each handler has a place of its own, and the event data of epoll says which table it is of.
using System;

namespace Baton.Engine.Loop;

/// <summary>OWNER: one worker.</summary>
internal sealed class SharedHandlers
{
    /// <summary>In the lower half of the event data: a place here, and no descriptor, which is never negative.</summary>
    private const uint Mark = 1u << 31;

    private EventHandler?[] _handlers = new EventHandler?[8];

    // of an event that is older than the place's last change the generation is another
    private uint[] _generations = new uint[8];
    private int[] _free = [];
    private int _freeCount,
        _count;

    /// <summary>Whether event data is of this table.</summary>
    public static bool IsOne(ulong data) => (int)(uint)data < 0;

    /// <summary>A place, until <see cref="Remove"/>.</summary>
    public int Add()
    {
        if (_freeCount > 0)
            return _free[--_freeCount];
        if (_count == _handlers.Length)
        {
            Array.Resize(ref _handlers, 2 * _count);
            Array.Resize(ref _generations, 2 * _count);
        }
        return _count++;
    }

    public void Remove(int place)
    {
        Release(place);
        if (_freeCount == _free.Length)
            Array.Resize(ref _free, _handlers.Length);
        _free[_freeCount++] = place;
    }

    /// <summary>The handler is polled from now on. The event data to give to epoll.</summary>
    public ulong Claim(int place, EventHandler handler)
    {
        _handlers[place] = handler;
        return ((ulong)++_generations[place] << 32) | Mark | (uint)place;
    }

    public void Release(int place)
    {
        _handlers[place] = null;
        _generations[place]++;
    }

    /// <summary>The handler an event is for, or null when it is polled no more.</summary>
    public EventHandler? Find(ulong data)
    {
        int place = (int)((uint)data & ~Mark);
        return place < _count && _generations[place] == (uint)(data >> 32) ? _handlers[place] : null;
    }
}
