// Native copies of test input, so that reading one byte past a message is reading past the allocation.
using System;
using System.Runtime.InteropServices;
using System.Text;

namespace Baton.UnitTests.Http.H1;

/// <summary>Bytes outside the managed heap, freed with the object.</summary>
public sealed unsafe class NativeBytes : IDisposable
{
    public NativeBytes(ReadOnlySpan<byte> bytes)
    {
        Length = bytes.Length;
        Pointer = (byte*)NativeMemory.Alloc((nuint)Math.Max(1, bytes.Length));
        bytes.CopyTo(new Span<byte>(Pointer, bytes.Length));
    }

    public NativeBytes(int length)
        : this(new byte[length]) { }

    public byte* Pointer { get; private set; }
    public int Length { get; }

    public void Dispose()
    {
        NativeMemory.Free(Pointer);
        Pointer = null;
    }

    /// <summary>One byte for each char: the text of a test case as it goes over the wire.</summary>
    public static byte[] Latin1(string text) => Encoding.Latin1.GetBytes(text);
}
