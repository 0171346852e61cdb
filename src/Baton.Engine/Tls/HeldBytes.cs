// Bytes of a connection that wait: the beginning of a record, text nobody has read yet, ciphertext the kernel did not take.
// SAFETY: Data is null or a block of Size bytes that this holder alone has; 0 <= Start <= End <= Size.
using System;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Baton.Core.Buffers;

namespace Baton.Engine.Tls;

/// <summary>A field of its transport, never copied. Exists only while there are bytes; counted in the <see cref="MemoryBudget"/>.</summary>
internal unsafe struct HeldBytes
{
    public byte* Data;
    public int Start,
        End,
        Size;

    public readonly bool Any => Start < End;
    public readonly int Length => End - Start;
    public readonly Span<byte> Span => new(Data + Start, End - Start);

    /// <summary>Bytes that may come behind those that are there.</summary>
    public readonly int Room => Size - End;

    /// <summary>Takes a block for so many bytes, and keeps what is there. False when there is no memory.</summary>
    public bool Reserve(int size)
    {
        if (size <= Size - Start)
            return true;
        if (!MemoryBudget.TryTake(size))
            return false;
        byte* block = (byte*)NativeMemory.Alloc((nuint)size);
        int length = Length;
        Span.CopyTo(new Span<byte>(block, size));
        Release();
        Data = block;
        Size = size;
        End = length;
        return true;
    }

    /// <summary>Puts bytes behind those that are there. False when there is no memory.</summary>
    public bool Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return true;
        if (bytes.Length > Room && !Reserve(Length + bytes.Length))
            return false;
        bytes.CopyTo(new Span<byte>(Data + End, Room));
        End += bytes.Length;
        return true;
    }

    /// <summary>So many bytes at the front are done with; with the last of them the block goes.</summary>
    public void Consume(int count)
    {
        Start += count;
        if (Start == End)
            Release();
    }

    /// <summary>It may hold what a user has written: nothing of it stays behind.</summary>
    public void Release()
    {
        if (Data is not null)
        {
            CryptographicOperations.ZeroMemory(new Span<byte>(Data, End));
            NativeMemory.Free(Data);
            MemoryBudget.GiveBack(Size);
        }
        this = default;
    }
}
