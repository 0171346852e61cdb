// Decodes field blocks (RFC 7541): a whole block at a time, and the table that its fields may refer to from block to block. Whatever is
// wrong with a block is an error of the connection, for the table is out of step from there on.
// SAFETY: nothing outside of the block is read: each read is behind a comparison with its end. Strings that were encoded are decoded
// into the caller's scratch memory, below its end; others are told where they lie.
using System;
using System.Buffers.Binary;

namespace Baton.Http.H2.Hpack;

/// <summary>
/// The decoder of one direction of a connection. Has native memory once a table was begun: <see cref="Release"/> it. A struct to lie in
/// its owner; not to be copied. <c>default</c> is no decoder: see the constructor.
/// </summary>
public unsafe struct HpackDecoder
{
    /// <summary>Octets of the table before anything was announced.</summary>
    public const int DefaultTableSize = 4096;

    /// <summary>The largest table that may be announced.</summary>
    public const int MaxTableSize = 65535;

    /// <summary>What a field counts besides its octets (RFC 9113 §6.5.2).</summary>
    public const int FieldOverhead = HpackTable.Overhead;

    private const int ImageHeader = 5;

    private HpackTable _table;
    private int _limit;
    private bool _isResizeDue;

    /// <summary>A decoder at the start of a connection, before its endpoint's SETTINGS were told.</summary>
    public HpackDecoder()
    {
        _limit = DefaultTableSize;
        _table.Resize(DefaultTableSize);
    }

    /// <summary>What the peer's table may take up at most.</summary>
    public readonly int TableLimit => _limit;

    /// <summary>What the table may take up now, as the peer has chosen.</summary>
    public readonly int MaxSize => _table.MaxSize;

    /// <summary>What the table takes up, as it is counted.</summary>
    public readonly int TableSize => _table.Size;

    /// <summary>Fields in the table.</summary>
    public readonly int TableCount => _table.Count;

    /// <summary>Bytes of native memory.</summary>
    public readonly int Memory => _table.Memory;

    /// <summary>
    /// Scratch memory for any block of so many bytes: no more can come of a field in it. Less will do when fields that are longer than
    /// the memory are too long anyway, but not less than <see cref="TableLimit"/>.
    /// </summary>
    public static int ScratchSize(int blockLength) => Huffman.MaxDecoded(blockLength);

    /// <summary>
    /// SETTINGS_HEADER_TABLE_SIZE as told to the peer, up to <see cref="MaxTableSize"/>. A larger one counts when it is sent, a smaller
    /// one when it is acknowledged: from then on the peer has to begin its next block by keeping to it (RFC 7541 §4.2).
    /// </summary>
    public void SetTableLimit(int limit)
    {
        _limit = limit;
        if (limit < _table.MaxSize)
            _isResizeDue = true;
    }

    /// <summary>Forgets the table and gives its memory back.</summary>
    public void Release() => _table.Release();

    /// <summary>
    /// Decodes a whole block. <paramref name="scratch"/>: see <see cref="ScratchSize"/>. False: COMPRESSION_ERROR, and the decoder
    /// is of no use any more. What the handler was told before is not undone.
    /// </summary>
    public bool Decode<THandler>(scoped ReadOnlySpan<byte> block, scoped Span<byte> scratch, scoped ref THandler handler)
        where THandler : struct, IHeaderFieldHandler, allows ref struct
    {
        fixed (byte* start = block)
        fixed (byte* memory = scratch)
        {
            byte* p = start;
            byte* end = start + block.Length;
            bool isWanted = true,
                mayResize = true;
            while (p < end)
            {
                if ((*p & 0xE0) == 0x20)
                {
                    if (!mayResize || !Resize(ref p, end))
                        return false;
                    continue;
                }
                mayResize = false;
                var field = new Field { Scratch = memory, Room = scratch.Length };
                bool isIndexed = *p >= 0x80;
                if (_isResizeDue || !(isIndexed ? ReadIndexed(ref p, end, ref field) : ReadLiteral(ref p, end, ref field)))
                    return false;
                if (field.IsTooLong)
                {
                    if (isWanted)
                        handler.OnTooLong();
                    isWanted = false;
                    if (field.IsInserted && !InsertTooLong(scratch.Length))
                        return false;
                    continue;
                }
                if (isWanted)
                    isWanted = handler.OnField(field.NameSpan, field.ValueSpan, field.IsNeverIndexed);
                if (field.IsInserted)
                    _table.Insert(field.Name, field.NameLength, field.Value, field.ValueLength);
            }
        }
        return true;
    }

    /// <summary>An entry that is longer than the table leaves nothing in it (RFC 7541 §4.4), whatever it was.</summary>
    private bool InsertTooLong(int scratchLength)
    {
        _table.Release();
        return scratchLength >= _table.MaxSize;
    }

    private struct Field
    {
        public byte* Name,
            Value,
            Scratch;
        public int NameLength,
            ValueLength,
            Room;
        public bool IsNeverIndexed,
            IsInserted,
            IsTooLong;

        public readonly ReadOnlySpan<byte> NameSpan => new(Name, NameLength);

        public readonly ReadOnlySpan<byte> ValueSpan => new(Value, ValueLength);
    }

    /// <summary>A change of the table's size, which only comes at the start of a block (RFC 7541 §4.2, §6.3).</summary>
    private bool Resize(ref byte* p, byte* end)
    {
        int size = ReadInteger(ref p, end, 0x1F);
        if (size < 0 || size > _limit)
            return false;
        _isResizeDue = false;
        _table.Resize(size);
        return true;
    }

    /// <summary>RFC 7541 §6.1.</summary>
    private readonly bool ReadIndexed(ref byte* p, byte* end, ref Field field) => LookUp(ReadInteger(ref p, end, 0x7F), ref field);

    /// <summary>RFC 7541 §6.2.</summary>
    private readonly bool ReadLiteral(ref byte* p, byte* end, ref Field field)
    {
        field.IsInserted = (*p & 0x40) != 0;
        field.IsNeverIndexed = (*p & 0xF0) == 0x10;
        int index = ReadInteger(ref p, end, field.IsInserted ? 0x3F : 0x0F);
        if (index != 0 ? !LookUp(index, ref field) : !ReadString(ref p, end, ref field, out field.Name, out field.NameLength))
            return false;
        return ReadString(ref p, end, ref field, out field.Value, out field.ValueLength);
    }

    /// <summary>RFC 7541 §2.3.3.</summary>
    private readonly bool LookUp(int index, ref Field field)
    {
        if (index <= 0)
            return false;
        if (index <= StaticTable.Count)
        {
            StaticTable.Row* row = StaticTable.Rows + index;
            field.Name = row->Name;
            field.NameLength = row->NameLength;
            field.Value = row->Value;
            field.ValueLength = row->ValueLength;
            return true;
        }
        index -= StaticTable.Count + 1;
        if (index >= _table.Count)
            return false;
        _table.Get(index, out field.Name, out field.NameLength, out field.Value, out field.ValueLength);
        return true;
    }

    /// <summary>
    /// RFC 7541 §5.1. -1 for one that is not whole, or that has more than four octets besides its prefix: nothing here is that large.
    /// </summary>
    private static int ReadInteger(ref byte* p, byte* end, int prefix)
    {
        int value = *p++ & prefix;
        if (value < prefix)
            return value;
        for (int shift = 0; shift < 28; shift += 7)
        {
            if (p >= end)
                return -1;
            byte b = *p++;
            value += (b & 0x7F) << shift;
            if (b < 0x80)
                return value;
        }
        return -1;
    }

    /// <summary>RFC 7541 §5.2.</summary>
    private static bool ReadString(ref byte* p, byte* end, ref Field field, out byte* text, out int length)
    {
        text = p;
        length = 0;
        if (p >= end)
            return false;
        bool isEncoded = *p >= 0x80;
        length = ReadInteger(ref p, end, 0x7F);
        if (length < 0 || length > end - p)
            return false;
        text = p;
        p += length;
        if (!isEncoded)
            return true;
        length = Huffman.Decode(text, length, field.Scratch, field.Room);
        if (length == Huffman.TooLong)
        {
            field.IsTooLong = true;
            return true;
        }
        if (length < 0)
            return false;
        text = field.Scratch;
        field.Scratch += length;
        field.Room -= length;
        return true;
    }

    /// <summary>Bytes that <see cref="Export"/> writes.</summary>
    public readonly int ImageSize => ImageHeader + _table.ImageSize;

    /// <summary>Writes all that decoding the next block depends on; returns <see cref="ImageSize"/>.</summary>
    public readonly int Export(Span<byte> to)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(to, (ushort)_limit);
        BinaryPrimitives.WriteUInt16LittleEndian(to[2..], (ushort)_table.MaxSize);
        to[4] = _isResizeDue ? (byte)1 : (byte)0;
        return ImageHeader + _table.Export(to[ImageHeader..]);
    }

    /// <summary>Becomes what <see cref="Export"/> has written; what it was is forgotten. False, being empty, when it is not that.</summary>
    public bool Import(ReadOnlySpan<byte> from)
    {
        _table.Release();
        if (from.Length < ImageHeader || from[4] > 1)
            return false;
        _limit = BinaryPrimitives.ReadUInt16LittleEndian(from);
        _isResizeDue = from[4] != 0;
        _table.Resize(BinaryPrimitives.ReadUInt16LittleEndian(from[2..]));
        if ((_table.MaxSize <= _limit || _isResizeDue) && _table.Import(from[ImageHeader..]))
            return true;
        _table.Release();
        return false;
    }
}
