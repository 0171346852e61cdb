// What one epoll_wait brings. The structure of the kernel is not the same everywhere: on x86-64 it is packed (12 bytes, data at
// 4), on every other architecture the data is aligned (16 bytes, data at 8); the layout is a constant where code is generated.
// SAFETY: the memory is pinned and as long as the capacity asks for; indices are below what the last wait returned, which the
// kernel keeps at or below the capacity.
using System;
using System.Runtime.Intrinsics.X86;

namespace Baton.Interop.Linux;

/// <summary>OWNER: one thread.</summary>
public sealed unsafe class EpollEvents
{
    private readonly byte[] _memory;
    private readonly byte* _events;
    private readonly int _capacity;

    /// <param name="capacity">Events of one wait at most.</param>
    public EpollEvents(int capacity)
    {
        _capacity = capacity;
        _memory = GC.AllocateArray<byte>(capacity * Size, pinned: true);
        _events = (byte*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref _memory[0]);
    }

    /// <summary>Size of struct epoll_event here, and where its data lies; the events are at 0.</summary>
    internal static int Size => SizeOn(X86Base.X64.IsSupported);
    internal static int DataAt => DataAtOn(X86Base.X64.IsSupported);

    internal static int SizeOn(bool packed) => packed ? 12 : 16;

    internal static int DataAtOn(bool packed) => packed ? 4 : 8;

    /// <summary>Waits for events (0: looks without waiting, -1: for ever). Their number, 0 after a signal too.</summary>
    public int Wait(int epfd, int timeoutMs)
    {
        int count = timeoutMs == 0 ? Epoll.epoll_poll(epfd, _events, _capacity, 0) : Epoll.epoll_wait(epfd, _events, _capacity, timeoutMs);
        return Math.Max(0, count);
    }

    /// <summary>The EPOLL* bits of one event.</summary>
    public uint Events(int index) => *(uint*)(_events + index * Size);

    /// <summary>What was given to epoll_ctl with the descriptor.</summary>
    public ulong Data(int index) => *(ulong*)(_events + index * Size + DataAt);
}
