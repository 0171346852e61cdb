// TLS sessions that clients come back to by a number and not by a ticket (no-tls-tickets, clients without tickets): all workers have the
// same, and the next process gets them.
//
// A ring of blocks: a session takes as many as it needs behind the one before, and what is oldest makes room. Whoever tells it on goes
// along the ring, by places that only grow.
// SAFETY: the area is mapped once, of _blocks * BlockSize bytes; an entry lies within it from its place, as long as its header says, and is
// read and written under the lock alone. It is secret: no core dump has it, and what leaves is wiped.
using System;
using System.Security.Cryptography;
using System.Threading;
using Baton.Core.Buffers;
using Baton.Interop.Linux;

namespace Baton.Engine.Tls;

/// <summary>One for the process; any thread. Made with its first session.</summary>
public sealed unsafe class SessionCache(int blocks)
{
    /// <summary>Longest number of a session (RFC 5246 §7.4.1.2), and longest session that is kept.</summary>
    public const int LongestId = 32,
        LongestSession = 4096;

    /// <summary>COMPAT: what tune.ssl.cachesize counts; a session without certificates takes one.</summary>
    private const int BlockSize = 256;

    private struct Header
    {
        /// <summary>Blocks it takes, and bytes of its session; 0 when there is none any more.</summary>
        public ushort Blocks,
            Length;
        public byte IdLength;

        /// <summary>It comes from the process before, which may know it still.</summary>
        public bool IsInherited;

        /// <summary>Its list, and the place behind it there; -1 for the end.</summary>
        public int Bucket;
        public long Next;
        public fixed byte Id[LongestId];
    }

    private readonly Lock _lock = new();
    private byte* _area;
    private long[] _buckets = [];

    /// <summary>Places of the oldest entry and of the next one, in blocks; they only grow.</summary>
    private long _first,
        _end;

    private long _lookups,
        _misses;

    /// <summary>Nothing is kept (tune.ssl.cachesize 0).</summary>
    public bool IsOff => blocks <= 0;

    /// <summary>It is for this process alone (tune.ssl.force-private-cache).</summary>
    public bool IsPrivate { get; init; }

    public long Lookups => Interlocked.Read(ref _lookups);
    public long Misses => Interlocked.Read(ref _misses);

    /// <summary>Where whoever tells the sessions begins, and what there is.</summary>
    public long First => Interlocked.Read(ref _first);
    public long End => Interlocked.Read(ref _end);

    private Header* At(long place) => (Header*)(_area + place % blocks * BlockSize);

    private static Span<byte> SessionOf(Header* entry) => new((byte*)entry + sizeof(Header), entry->Length);

    private static ReadOnlySpan<byte> IdOf(Header* entry) => new(entry->Id, entry->IdLength);

    private bool Map()
    {
        if (_area is not null)
            return true;
        if (IsOff)
            return false;
        int size = blocks * BlockSize;
        byte* area = Pages.Map(size);
        if (area is null)
            return false;
        Memory.DoNotDump(area, size);
        _buckets = new long[Math.Max(16, blocks / 4)];
        Array.Fill(_buckets, -1);
        _area = area;
        return true;
    }

    private int BucketOf(ReadOnlySpan<byte> id) => (int)(System.IO.Hashing.XxHash3.HashToUInt64(id) % (uint)_buckets.Length);

    /// <summary>Keeps a session. False when it is too long for that, or there is no memory.</summary>
    public bool Add(ReadOnlySpan<byte> id, ReadOnlySpan<byte> session, bool isInherited = false)
    {
        int count = (sizeof(Header) + session.Length + BlockSize - 1) / BlockSize;
        if (id.IsEmpty || id.Length > LongestId || session.IsEmpty || session.Length > LongestSession || count > blocks)
            return false;
        lock (_lock)
        {
            if (!Map())
                return false;
            Drop(id);
            int left = (int)(blocks - _end % blocks);
            // an entry does not go around the end
            if (left < count)
                Fill(left);
            Header* entry = Take(count);
            entry->Length = (ushort)session.Length;
            entry->IdLength = (byte)id.Length;
            entry->IsInherited = isInherited;
            entry->Bucket = BucketOf(id);
            entry->Next = _buckets[entry->Bucket];
            id.CopyTo(new Span<byte>(entry->Id, LongestId));
            session.CopyTo(SessionOf(entry));
            _buckets[entry->Bucket] = _end - count;
            return true;
        }
    }

    private void Fill(int count)
    {
        for (; count > 0; count -= Math.Min(count, ushort.MaxValue))
            Take(Math.Min(count, ushort.MaxValue));
    }

    /// <summary>So many blocks at the end; what was there before has gone.</summary>
    private Header* Take(int count)
    {
        while (_end + count - _first > blocks)
        {
            Header* oldest = At(_first);
            Forget(oldest, _first);
            Interlocked.Add(ref _first, oldest->Blocks);
        }
        Header* entry = At(_end);
        *entry = default;
        entry->Blocks = (ushort)count;
        entry->Bucket = -1;
        Interlocked.Add(ref _end, count);
        return entry;
    }

    /// <summary>Takes an entry out of its list and wipes it; its blocks stay where they are.</summary>
    private void Forget(Header* entry, long place)
    {
        if (entry->Length == 0)
            return;
        ref long link = ref _buckets[entry->Bucket];
        while (link != place && link >= 0)
            link = ref At(link)->Next;
        if (link == place)
            link = entry->Next;
        CryptographicOperations.ZeroMemory(SessionOf(entry));
        entry->Length = 0;
    }

    private Header* Find(ReadOnlySpan<byte> id, out long place)
    {
        place = -1;
        if (_area is null)
            return null;
        for (place = _buckets[BucketOf(id)]; place >= 0; place = At(place)->Next)
            if (IdOf(At(place)).SequenceEqual(id))
                return At(place);
        return null;
    }

    private void Drop(ReadOnlySpan<byte> id)
    {
        Header* entry = Find(id, out long place);
        if (entry is not null)
            Forget(entry, place);
    }

    /// <summary>A session by its number, copied into a place for <see cref="LongestSession"/>; 0 when it is not there. Counted.</summary>
    /// <param name="isInherited">The process before had it, and may have it still.</param>
    public int Find(ReadOnlySpan<byte> id, Span<byte> into, out bool isInherited) => Find(id, into, takes: false, out isInherited);

    /// <summary>The same, and nobody finds it again.</summary>
    public int Take(ReadOnlySpan<byte> id, Span<byte> into, out bool isInherited) => Find(id, into, takes: true, out isInherited);

    private int Find(ReadOnlySpan<byte> id, Span<byte> into, bool takes, out bool isInherited)
    {
        Interlocked.Increment(ref _lookups);
        isInherited = false;
        int length = 0;
        lock (_lock)
        {
            Header* entry = Find(id, out long place);
            if (entry is not null)
            {
                length = entry->Length;
                isInherited = entry->IsInherited;
                SessionOf(entry).CopyTo(into);
                if (takes)
                    Forget(entry, place);
            }
        }
        if (length == 0)
            Interlocked.Increment(ref _misses);
        return length;
    }

    /// <summary>It is not to be resumed any more.</summary>
    public void Remove(ReadOnlySpan<byte> id)
    {
        lock (_lock)
            Drop(id);
    }

    /// <summary>
    /// The first session at a place or behind it, and the place behind that. 0 when there is none.
    /// </summary>
    public int Walk(ref long place, Span<byte> id, out int idLength, Span<byte> into)
    {
        lock (_lock)
        {
            for (place = Math.Max(place, _first); place < _end; )
            {
                Header* entry = At(place);
                place += entry->Blocks;
                if (entry->Length == 0)
                    continue;
                idLength = entry->IdLength;
                IdOf(entry).CopyTo(id);
                SessionOf(entry).CopyTo(into);
                return entry->Length;
            }
        }
        idLength = 0;
        return 0;
    }
}
