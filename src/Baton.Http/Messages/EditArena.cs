// Memory for what was edited or made in a message head: one piece behind the other. Once it is full, the pieces that are no longer part
// of the message are squeezed out, so that what an edit may come to is bounded by the head that results and not by how it came about.
// SAFETY: _start and _spare are null or have _size bytes and outlive the message, which their lender sees to; nothing is written before
// it was found to fit.
using System;
using System.Runtime.CompilerServices;

namespace Baton.Http.Messages;

internal unsafe struct EditArena
{
    private byte* _start;
    private byte* _spare;
    private int _gathered;

    /// <summary>Takes over memory, and as much again that is used within a call only.</summary>
    public EditArena(byte* start, byte* spare, int size)
    {
        _start = start;
        _spare = spare;
        Size = size;
    }

    public int Size { get; }

    /// <summary>Bytes in use, of pieces that are part of the message and of those that were.</summary>
    public int Used { get; private set; }

    public readonly Span<byte> Spare => new(_spare, Size);

    /// <summary>Nothing that lies here is part of a message any more.</summary>
    public void Clear() => Used = 0;

    public readonly bool Contains(byte* p) => p >= _start && p < _start + Size;

    /// <summary>Room for so many bytes behind all else; null when there is none.</summary>
    public byte* Reserve(int length)
    {
        if (length > Size - Used)
            return null;
        byte* text = _start + Used;
        Used += length;
        return text;
    }

    /// <summary>Copies the pieces one behind the other, behind all else; they may lie here. Null when there is no room.</summary>
    public byte* Put(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third, ReadOnlySpan<byte> fourth)
    {
        byte* text = Reserve(first.Length + second.Length + third.Length + fourth.Length);
        if (text != null)
            Copy(text, first, second, third, fourth);
        return text;
    }

    /// <summary>
    /// Begins to take everything in anew: first these pieces, copied while what they may point to is still where it was, then what
    /// <see cref="Gather"/> is called with, until <see cref="EndSqueeze"/>. The caller has found that all of it fits. Returns where the
    /// pieces will be.
    /// </summary>
    public byte* BeginSqueeze(
        ReadOnlySpan<byte> first,
        ReadOnlySpan<byte> second = default,
        ReadOnlySpan<byte> third = default,
        ReadOnlySpan<byte> fourth = default
    )
    {
        Copy(_spare, first, second, third, fourth);
        _gathered = first.Length + second.Length + third.Length + fourth.Length;
        return _start;
    }

    /// <summary>A piece that stays, if it lies here.</summary>
    public void Gather(ref byte* text, int length)
    {
        if (!Contains(text))
            return;
        Unsafe.CopyBlockUnaligned(_spare + _gathered, text, (uint)length);
        text = _start + _gathered;
        _gathered += length;
    }

    public void EndSqueeze()
    {
        Unsafe.CopyBlockUnaligned(_start, _spare, (uint)_gathered);
        Used = _gathered;
    }

    private static void Copy(
        byte* to,
        ReadOnlySpan<byte> first,
        ReadOnlySpan<byte> second,
        ReadOnlySpan<byte> third,
        ReadOnlySpan<byte> fourth
    )
    {
        first.CopyTo(new Span<byte>(to, first.Length));
        to += first.Length;
        second.CopyTo(new Span<byte>(to, second.Length));
        to += second.Length;
        third.CopyTo(new Span<byte>(to, third.Length));
        fourth.CopyTo(new Span<byte>(to + third.Length, fourth.Length));
    }
}
