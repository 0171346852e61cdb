// The fields of a message head: a row for each, in their order, removed ones among them. The rows lie in memory that the owner lends for
// a message, or in an array of the table's own; names and values lie where the head was read or edited, nothing is copied here. It
// knows nothing of how a head is written.
// SAFETY: _rows has _capacity rows: lent for the message (Lend), or the array below, which is pinned for life. Indices are checked
// against _count, and _count against _capacity where rows are added.
using System;
using System.Runtime.CompilerServices;
using Baton.Http.Headers;

namespace Baton.Http.Messages;

/// <summary>The fields of one message, for a <see cref="MessageHead"/>.</summary>
public sealed unsafe class FieldTable
{
    /// <summary>
    /// What a field takes besides its name and value in the measure that bounds a head (<see cref="Size"/>): that of the form which
    /// needs most, which is text.
    /// </summary>
    internal const int Overhead = 4;

    /// <summary>Room for fields that rules add to those received, without a new array.</summary>
    private const int SpareRows = 64;

    private HeaderField* _rows;
    private HeaderField[]? _own;
    private byte* _lent;
    private int _capacity;
    private int _count;

    /// <summary>What all fields take, in the measure of <see cref="SizeOf"/>; -1 until an edit wants to know.</summary>
    private int _size = -1;

    /// <summary>A table for so many fields received, with memory for them unless the owner lends it for each message.</summary>
    public FieldTable(int maxFields, bool isLent)
    {
        MaxFields = maxFields;
        if (!isLent)
            Own(maxFields + SpareRows);
    }

    /// <summary>As many, less one, can be received in a message.</summary>
    public int MaxFields { get; }

    /// <summary>Bytes of memory for a table of so many fields.</summary>
    public static int MemorySize(int maxFields) => (maxFields + SpareRows) * sizeof(HeaderField);

    /// <summary>Fields may be put in.</summary>
    public bool HasMemory => _rows != null;

    /// <summary>Rows, those of removed fields among them.</summary>
    public int Count => _count;

    /// <summary>The field at an index below <see cref="Count"/>.</summary>
    public ref HeaderField this[int i]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)i, (uint)_count);
            return ref _rows[i];
        }
    }

    /// <summary>Lends <see cref="MemorySize"/> bytes; the table is empty then.</summary>
    internal void Lend(byte* memory)
    {
        _rows = (HeaderField*)memory;
        _capacity = MaxFields + SpareRows;
        _lent = memory;
        Clear();
    }

    /// <summary>Takes lent memory back, null when there is none.</summary>
    internal byte* TakeBack()
    {
        byte* memory = _lent;
        _lent = null;
        if (memory == null)
            return null;
        _rows = null;
        _own = null;
        _capacity = 0;
        Clear();
        return memory;
    }

    private void Own(int capacity)
    {
        HeaderField[] array = GC.AllocateArray<HeaderField>(capacity, pinned: true);
        var rows = (HeaderField*)Unsafe.AsPointer(ref array[0]);
        for (int i = 0; i < _count; i++)
            rows[i] = _rows[i];
        (_own, _capacity) = (array, capacity);
        _rows = rows;
    }

    internal void Clear()
    {
        _count = 0;
        _size = -1;
    }

    /// <summary>
    /// A row behind the others, to be filled. Indices of fields do not outlive the call: removed ones give their places away when there
    /// is no other.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ref HeaderField Append()
    {
        if (_count == _capacity)
            MakeRows();
        return ref _rows[_count++];
    }

    /// <summary>
    /// The row that <see cref="Append"/> would give, for a reader that counts what it reads. SAFETY: nothing looks whether there is one,
    /// so only while <see cref="Count"/> is below <see cref="MaxFields"/>.
    /// </summary>
    internal HeaderField* Next => _rows + _count;

    /// <summary>The next row was filled.</summary>
    internal void Advance() => _count++;

    /// <summary>The table is full: removed fields leave it, or it grows when there are none.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void MakeRows()
    {
        int kept = 0;
        for (int i = 0; i < _count; i++)
            if (!_rows[i].IsRemoved)
                _rows[kept++] = _rows[i];
        if (kept < _count)
        {
            _count = kept;
            return;
        }
        // only rules that add this many get here
        Own(2 * _capacity);
    }

    /// <summary>Index of the first field of that name behind <paramref name="after"/>, or -1. Skips removed ones.</summary>
    public int Find(HeaderId id, int after = -1)
    {
        for (int i = after + 1; i < _count; i++)
            if (_rows[i].Id == id && !_rows[i].IsRemoved)
                return i;
        return -1;
    }

    /// <summary>Same by name, ignoring case.</summary>
    public int Find(ReadOnlySpan<byte> name, int after = -1)
    {
        for (int i = after + 1; i < _count; i++)
        {
            ref HeaderField field = ref _rows[i];
            if (field.NameLength == name.Length && !field.IsRemoved && ByteClass.EqualsIgnoreCase(field.NameSpan, name))
                return i;
        }
        return -1;
    }

    /// <summary>Bytes of all names and values as they are now.</summary>
    public int Bytes
    {
        get
        {
            int bytes = 0;
            foreach (ref HeaderField row in this)
                bytes += row.NameLength + row.ValueLength;
            return bytes;
        }
    }

    /// <summary>For foreach over the fields that were not removed, as long as none is added.</summary>
    public Enumerator GetEnumerator() => new(this);

    /// <summary>What all fields take, in the measure that bounds a head.</summary>
    internal int Size
    {
        get
        {
            if (_size < 0)
            {
                _size = 0;
                foreach (ref HeaderField row in this)
                    _size += SizeOf(ref row);
            }
            return _size;
        }
    }

    /// <summary>What a field takes: as much as it took where it was read, or name, value and <see cref="Overhead"/>.</summary>
    internal static int SizeOf(ref HeaderField field) =>
        field.SourceLength != 0 ? field.SourceLength : field.NameLength + field.ValueLength + Overhead;

    /// <summary>A field was added, changed or removed.</summary>
    internal void Resize(int growth)
    {
        if (_size >= 0)
            _size += growth;
    }

    /// <summary>The memory of the bytes from <paramref name="low"/> to <paramref name="high"/> is elsewhere now.</summary>
    internal void Move(byte* low, byte* high, nint delta)
    {
        for (int i = 0; i < _count; i++)
        {
            MessageHead.Move(ref _rows[i].Name, low, high, delta);
            MessageHead.Move(ref _rows[i].Value, low, high, delta);
        }
    }

    /// <summary>Bytes of the message that lie in the arena.</summary>
    internal int BytesIn(in EditArena arena)
    {
        int bytes = 0;
        foreach (ref HeaderField field in this)
            bytes += (arena.Contains(field.Name) ? field.NameLength : 0) + (arena.Contains(field.Value) ? field.ValueLength : 0);
        return bytes;
    }

    /// <summary>Moves them along with an arena that is being squeezed.</summary>
    internal void Gather(ref EditArena arena)
    {
        foreach (ref HeaderField field in this)
        {
            arena.Gather(ref field.Name, field.NameLength);
            arena.Gather(ref field.Value, field.ValueLength);
        }
    }

    /// <summary>Walks the fields that were not removed; none may be added meanwhile.</summary>
    public ref struct Enumerator
    {
        private readonly HeaderField* _end;
        private HeaderField* _at;

        internal Enumerator(FieldTable table)
        {
            _at = table._rows - 1;
            _end = table._rows + table._count;
        }

        public readonly ref HeaderField Current => ref *_at;

        public bool MoveNext()
        {
            do _at++;
            while (_at < _end && _at->IsRemoved);
            return _at < _end;
        }
    }
}
