// Where the edited bytes of a MessageHead lie: one arena after another piece, the next edit behind the last. Once it is
// full, the bytes that are no longer part of the message are squeezed out, so that what an edit may come to is bounded by
// the head that results and not by how it came about. The table of fields makes room for itself in the same way.
using System;
using System.Runtime.CompilerServices;

namespace Baton.Http.H1;

public sealed unsafe partial class MessageHead
{
    private byte* _arena;
    private byte* _spare;
    private int _arenaSize;
    private int _arenaUsed;

    /// <summary>
    /// Lends memory for edited bytes, and as much again that is used within a call only. The arena must outlive the
    /// message; everything edited before is lost with the old one, so set it between messages. A head whose
    /// <see cref="MaxLength"/> is no larger than the arena always finds room in it.
    /// </summary>
    public void SetArena(byte* arena, byte* spare, int size)
    {
        _arena = arena;
        _spare = spare;
        _arenaSize = size;
        _arenaUsed = 0;
        MaxLength = size;
    }

    /// <summary>Bytes of the arena in use.</summary>
    public int ArenaUsed => _arenaUsed;

    /// <summary>Copies the pieces into the arena one behind the other; they may lie in it. Null when there is no room.</summary>
    private byte* Keep(
        ReadOnlySpan<byte> first,
        ReadOnlySpan<byte> second = default,
        ReadOnlySpan<byte> third = default,
        ReadOnlySpan<byte> fourth = default
    )
    {
        int length = first.Length + second.Length + third.Length + fourth.Length;
        byte* text = _arena + _arenaUsed;
        if (length <= _arenaSize - _arenaUsed)
        {
            Put(text, first, second, third, fourth);
            _arenaUsed += length;
            return text;
        }
        int live = LiveBytes();
        if (length > _arenaSize - live)
        {
            return null;
        }
        // in front of all else, while what they may point to is still where it was
        Put(_spare, first, second, third, fourth);
        Squeeze(length);
        return _arena;
    }

    private static void Put(
        byte* to,
        ReadOnlySpan<byte> first,
        ReadOnlySpan<byte> second,
        ReadOnlySpan<byte> third,
        ReadOnlySpan<byte> fourth
    )
    {
        // SAFETY: the caller has found that all of them fit behind each other
        first.CopyTo(new Span<byte>(to, first.Length));
        to += first.Length;
        second.CopyTo(new Span<byte>(to, second.Length));
        to += second.Length;
        third.CopyTo(new Span<byte>(to, third.Length));
        fourth.CopyTo(new Span<byte>(to + third.Length, fourth.Length));
    }

    private bool IsInArena(byte* p) => p >= _arena && p < _arena + _arenaSize;

    private int LiveBytes()
    {
        int live =
            (IsInArena(_method) ? _methodLength : 0) + (IsInArena(_target) ? _targetLength : 0) + (IsInArena(_reason) ? _reasonLength : 0);
        for (int i = 0; i < _count; i++)
        {
            ref HeaderField field = ref _fields[i];
            if (!field.IsRemoved)
            {
                live += (IsInArena(field.Name) ? field.NameLength : 0) + (IsInArena(field.Value) ? field.ValueLength : 0);
            }
        }
        return live;
    }

    /// <summary>Gathers what is still part of the message behind the <paramref name="used"/> bytes at the front of the spare memory, and
    /// takes all of it back.</summary>
    private void Squeeze(int used)
    {
        Gather(ref _method, _methodLength, ref used);
        Gather(ref _target, _targetLength, ref used);
        Gather(ref _reason, _reasonLength, ref used);
        for (int i = 0; i < _count; i++)
        {
            ref HeaderField field = ref _fields[i];
            if (!field.IsRemoved)
            {
                Gather(ref field.Name, field.NameLength, ref used);
                Gather(ref field.Value, field.ValueLength, ref used);
            }
        }
        Unsafe.CopyBlockUnaligned(_arena, _spare, (uint)used);
        _arenaUsed = used;
    }

    private void Gather(ref byte* text, int length, ref int used)
    {
        if (!IsInArena(text))
        {
            return;
        }
        // SAFETY: LiveBytes has counted all that is gathered here, and it fits
        Unsafe.CopyBlockUnaligned(_spare + used, text, (uint)length);
        text = _arena + used;
        used += length;
    }

    /// <summary>The table is full: removed fields leave it, or it grows when there are none.</summary>
    private void MakeSlots()
    {
        int kept = 0;
        for (int i = 0; i < _count; i++)
        {
            if (!_fields[i].IsRemoved)
            {
                _fields[kept++] = _fields[i];
            }
        }
        if (kept < _count)
        {
            _count = kept;
            return;
        }
        // only rules that add this many get here
        Own(2 * _capacity);
    }
}
