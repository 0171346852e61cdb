// The memory of a large table: a descriptor's, so that the next process can have the same pages. While two processes have it each sees
// what was there at the moment of the handover and what it has written itself (private mappings: the kernel copies a page that either
// writes to), so neither can harm the other, and both can go on alone. Once the other one is gone, what was written here goes into the
// common pages, which are this process's alone from then on (decision 0022).
// SAFETY: each shard has an area and touches it inside its gate; areas are mapped from Create to Dispose and never move.
using System;
using System.Threading;
using Baton.Core.Buffers;
using Baton.Interop.Linux;

namespace Baton.Engine.StickTables;

/// <summary>Of one table.</summary>
internal sealed unsafe class StickRegion : IDisposable
{
    /// <summary>Bytes that are put into the common pages while a gate is held.</summary>
    private const long RejoinStep = 1 << 20;

    private readonly int _fd;
    private readonly byte* _start;
    private readonly long[] _used;
    private int _partner = -1;
    private int _rejoined;
    private long _rejoinedBytes,
        _taken;

    private StickRegion(int fd, byte* start, int areas, long areaBytes)
    {
        (_fd, AreaBytes) = (fd, areaBytes);
        _start = start;
        _used = new long[areas];
    }

    public int Areas => _used.Length;
    public long AreaBytes { get; }
    public int Descriptor => _fd;

    /// <summary>Bytes that have been given out.</summary>
    public long Taken => Volatile.Read(ref _taken);

    /// <summary>Nobody else has these pages.</summary>
    public bool IsAlone => _partner < 0;

    /// <summary>Null where there is no such memory.</summary>
    /// <param name="areaBytes">Of a shard at most; whole pages.</param>
    public static StickRegion? Create(int areas, long areaBytes)
    {
        int fd = SharedMemory.Create("stick-table", areas * areaBytes);
        return fd < 0 ? null : Map(fd, areas, areaBytes, isShared: true);
    }

    /// <summary>That of the process before; null, and nothing is owned, where it cannot be mapped.</summary>
    /// <param name="partner">Ends when that process does.</param>
    public static StickRegion? Adopt(int fd, int partner, int areas, long areaBytes)
    {
        StickRegion? region = Map(fd, areas, areaBytes, isShared: false);
        if (region is not null)
            region._partner = partner;
        return region;
    }

    private static StickRegion? Map(int fd, int areas, long areaBytes, bool isShared)
    {
        byte* start = SharedMemory.Map(fd, areas * areaBytes, isShared);
        if (start is not null)
            return new StickRegion(fd, start, areas, areaBytes);
        if (isShared)
            Files.close(fd);
        return null;
    }

    public byte* Area(int area) => _start + area * AreaBytes;

    public long UsedOf(int area) => _used[area];

    /// <summary>The area has been used so far already by the process before.</summary>
    public void SetUsed(int area, long bytes)
    {
        _used[area] = bytes;
        Interlocked.Add(ref _taken, bytes);
        MemoryBudget.Take(bytes);
    }

    /// <summary>Zeroed; null when there is no memory. Inside the shard's gate.</summary>
    public byte* Take(int area, int bytes)
    {
        if (_used[area] + bytes > AreaBytes || !MemoryBudget.TryTake(bytes))
            return null;
        byte* at = Area(area) + _used[area];
        _used[area] += bytes;
        Interlocked.Add(ref _taken, bytes);
        return at;
    }

    /// <summary>From now on another process has the pages too, until the descriptor says that it has ended.</summary>
    public void BeginSharing(int partner) => _partner = partner;

    /// <summary>What an area holds now stays in the common pages; what is written from now on is this process's alone. Inside the gate.
    /// False when the kernel refuses: then there is no sharing.</summary>
    public bool Leave(int area) => SharedMemory.MapOver(Area(area), AreaBytes, isShared: false, _fd, area * AreaBytes);

    /// <summary>The other process has ended.</summary>
    public bool IsPartnerGone => _partner >= 0 && Files.WaitReadable(_partner, -1, 0);

    /// <summary>
    /// Puts a part of what was written here into the common pages, which no other process has any more, and goes on with those. Inside the
    /// gate of the shard that <see cref="RejoinsNext"/> says. False when there is nothing more to do now.
    /// </summary>
    public bool RejoinSome()
    {
        int area = _rejoined;
        long at = _rejoinedBytes,
            length = Math.Min(RejoinStep, AreaBytes - at),
            written = Math.Clamp(Pages.Round((int)Math.Min(length, Math.Max(0, _used[area] - at))), 0, length);
        byte* start = Area(area) + at;
        // what cannot be written stays private, and is tried again later: it is all there
        if (
            !SharedMemory.Write(_fd, start, written, area * AreaBytes + at)
            || !SharedMemory.MapOver(start, length, isShared: true, _fd, area * AreaBytes + at)
        )
            return false;
        _rejoinedBytes += length;
        if (_rejoinedBytes < AreaBytes)
            return true;
        _rejoinedBytes = 0;
        if (++_rejoined < Areas)
            return true;
        _rejoined = 0;
        Files.close(_partner);
        _partner = -1;
        return false;
    }

    /// <summary>The shard whose gate the next step of <see cref="RejoinSome"/> needs.</summary>
    public int RejoinsNext => _rejoined;

    /// <summary>Gives the memory back; the descriptors are somebody else's.</summary>
    public void Unmap()
    {
        SharedMemory.Unmap(_start, Areas * AreaBytes);
        MemoryBudget.GiveBack(_taken);
    }

    public void Dispose()
    {
        Unmap();
        Files.close(_fd);
        if (_partner >= 0)
            Files.close(_partner);
    }
}
