// The dynamic table of an HPACK decoder (RFC 7541 §2.3.2, §4): one block of native memory, which there is none of until the first entry
// comes. Text grows from the block's start, a row for each entry from its end downwards, so the newest is the lowest row. What is evicted
// is left lying; where the two meet, all that lives is copied to another block, of the size that it needs.
// SAFETY: rows and text lie in _block, which has _capacity bytes and is the table's own; indices are compared with _count, and room is
// compared before anything is written. Counting 32 octets a field, RFC 7541 leaves more room than a row needs.
using System;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Baton.Http.H2.Hpack;

/// <summary>Part of its decoder: not to be copied.</summary>
internal unsafe struct HpackTable
{
    /// <summary>What an entry counts besides its octets (RFC 7541 §4.1).</summary>
    public const int Overhead = 32;

    /// <summary>Bytes of an exported table besides its entries, and of an entry besides its octets.</summary>
    public const int ImageHeader = 2,
        ImageEntry = 4;

    private const int SmallestBlock = 256;

    private struct Row
    {
        public int Offset;
        public ushort NameLength;
        public ushort ValueLength;
    }

    private byte* _block;
    private int _capacity;

    /// <summary>Where text ends and where rows begin.</summary>
    private int _textEnd,
        _rowsStart;

    /// <summary>Entries.</summary>
    public int Count { get; private set; }

    /// <summary>Their size, as it is counted.</summary>
    public int Size { get; private set; }

    /// <summary>What the size must not exceed.</summary>
    public int MaxSize { get; private set; }

    /// <summary>Bytes of memory.</summary>
    public readonly int Memory => _capacity;

    private readonly Row* Rows => (Row*)(_block + _rowsStart);

    /// <summary>Another maximum; what does not fit any more goes, the oldest first.</summary>
    public void Resize(int maxSize)
    {
        MaxSize = maxSize;
        Evict(maxSize);
        if (Count == 0)
            Release();
    }

    /// <summary>Forgets all entries and gives the memory back.</summary>
    public void Release()
    {
        NativeMemory.Free(_block);
        _block = null;
        _capacity = _textEnd = _rowsStart = Count = Size = 0;
    }

    private void Evict(int maxSize)
    {
        while (Size > maxSize)
        {
            ref Row oldest = ref Rows[--Count];
            Size -= oldest.NameLength + oldest.ValueLength + Overhead;
        }
    }

    /// <summary>The entry at an index below <see cref="Count"/>, 0 for the newest.</summary>
    public readonly void Get(int index, out byte* name, out int nameLength, out byte* value, out int valueLength)
    {
        ref Row row = ref Rows[index];
        name = _block + row.Offset;
        nameLength = row.NameLength;
        value = name + nameLength;
        valueLength = row.ValueLength;
    }

    /// <summary>Puts in an entry; name and value may lie in the table, even in an entry that goes by this.</summary>
    public void Insert(byte* name, int nameLength, byte* value, int valueLength)
    {
        long size = (long)nameLength + valueLength + Overhead;
        if (size > MaxSize)
        {
            // RFC 7541 §4.4: no error, and nothing is left
            Release();
            return;
        }
        Evict(MaxSize - (int)size);
        byte* before = null;
        int length = nameLength + valueLength;
        if (_rowsStart - _textEnd < length + sizeof(Row))
            before = MoveOut(length + sizeof(Row));
        Buffer.MemoryCopy(name, _block + _textEnd, length, nameLength);
        Buffer.MemoryCopy(value, _block + _textEnd + nameLength, valueLength, valueLength);
        NativeMemory.Free(before);
        _rowsStart -= sizeof(Row);
        *Rows = new Row
        {
            Offset = _textEnd,
            NameLength = (ushort)nameLength,
            ValueLength = (ushort)valueLength,
        };
        _textEnd += length;
        Count++;
        Size += (int)size;
    }

    /// <summary>Copies what lives to a block with so much room more; returns the old one, to be freed.</summary>
    private byte* MoveOut(int room)
    {
        int text = Size - Overhead * Count,
            rows = Count * sizeof(Row),
            need = text + rows + room,
            // a part more, so that not each entry that comes makes it move
            capacity = Math.Max(Math.Min(Align(need + need / 2), MaxSize & ~7), Math.Max(Align(need), SmallestBlock));
        byte* before = _block;
        Row* rowsBefore = Rows;
        byte* block = (byte*)NativeMemory.Alloc((nuint)capacity);
        var rowsNow = (Row*)(block + capacity - rows);
        if (Count > 0)
        {
            int start = rowsBefore[Count - 1].Offset;
            Unsafe.CopyBlockUnaligned(block, before + start, (uint)text);
            for (int i = 0; i < Count; i++)
            {
                rowsNow[i] = rowsBefore[i];
                rowsNow[i].Offset -= start;
            }
        }
        _block = block;
        _capacity = capacity;
        _textEnd = text;
        _rowsStart = capacity - rows;
        return before;
    }

    private static int Align(int size) => size + 7 & ~7;

    /// <summary>Bytes that <see cref="Export"/> writes.</summary>
    public readonly int ImageSize => ImageHeader + Count * ImageEntry + Size - Overhead * Count;

    /// <summary>Writes the entries, the oldest first.</summary>
    public readonly int Export(Span<byte> to)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(to, (ushort)Count);
        int at = ImageHeader;
        for (int i = Count - 1; i >= 0; i--)
        {
            ref Row row = ref Rows[i];
            BinaryPrimitives.WriteUInt16LittleEndian(to[at..], row.NameLength);
            BinaryPrimitives.WriteUInt16LittleEndian(to[(at + 2)..], row.ValueLength);
            int length = row.NameLength + row.ValueLength;
            new ReadOnlySpan<byte>(_block + row.Offset, length).CopyTo(to[(at + ImageEntry)..]);
            at += ImageEntry + length;
        }
        return at;
    }

    /// <summary>Takes in what <see cref="Export"/> wrote, into an empty table. False when it is not that, or too much.</summary>
    public bool Import(ReadOnlySpan<byte> from)
    {
        if (from.Length < ImageHeader)
            return false;
        int count = BinaryPrimitives.ReadUInt16LittleEndian(from);
        from = from[ImageHeader..];
        for (int i = 0; i < count; i++)
        {
            if (from.Length < ImageEntry)
                return false;
            int nameLength = BinaryPrimitives.ReadUInt16LittleEndian(from),
                valueLength = BinaryPrimitives.ReadUInt16LittleEndian(from[2..]);
            from = from[ImageEntry..];
            if (from.Length < nameLength + valueLength || Size + nameLength + valueLength + Overhead > MaxSize)
                return false;
            fixed (byte* text = from)
                Insert(text, nameLength, text + nameLength, valueLength);
            from = from[(nameLength + valueLength)..];
        }
        return from.IsEmpty;
    }
}
