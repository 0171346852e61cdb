// fd -> handler by array, with a generation that tells a stale event from one for the descriptor's new owner.
using System;

namespace Baton.Engine.Loop;

/// <summary>One table a process: a descriptor belongs to one worker at a time, so entries never race.</summary>
public sealed class DescriptorTable
{
    private readonly EventHandler?[] _handlers;
    private readonly uint[] _generations;

    public DescriptorTable(int limit)
    {
        _handlers = new EventHandler?[limit];
        _generations = new uint[limit];
    }

    public int Limit => _handlers.Length;

    /// <summary>Claims the entry and returns the event data to give to epoll. The descriptor is open and below the limit.</summary>
    public ulong Claim(int fd, EventHandler handler)
    {
        _handlers[fd] = handler;
        return ((ulong)++_generations[fd] << 32) | (uint)fd;
    }

    public void Release(int fd)
    {
        _handlers[fd] = null;
        _generations[fd]++;
    }

    /// <summary>The handler an event is for, or null when the descriptor has changed hands since.</summary>
    public EventHandler? Find(ulong data)
    {
        int fd = (int)(uint)data;
        return _generations[fd] == (uint)(data >> 32) ? _handlers[fd] : null;
    }
}
