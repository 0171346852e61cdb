// Memory for things that live no longer than one call: a head being serialised, a log line, sample text.
// SAFETY: two areas as long as the worker lives, of HeadSize and TextSize bytes, and no span over more. What is in them holds
// until the next user, which is at most one call.
using System;
using System.Runtime.InteropServices;

namespace Baton.Engine.Loop;

/// <summary>OWNER: one worker. Two areas: <see cref="Head"/> for message heads, <see cref="Text"/> for everything else.</summary>
public sealed unsafe class ScratchMemory(int bufferSize)
{
    /// <summary>What is made of a whole head is put together from two parts that may each be as large.</summary>
    private readonly int _half = Half(bufferSize);

    private static int Half(int bufferSize) => Math.Max(32768, 2 * bufferSize);

    public byte* Head { get; } = (byte*)NativeMemory.Alloc((nuint)bufferSize);
    public int HeadSize { get; } = bufferSize;
    public Span<byte> HeadSpan => new(Head, HeadSize);
    public byte* Text { get; } = (byte*)NativeMemory.Alloc((nuint)(2 * Half(bufferSize)));
    public int TextSize => 2 * _half;
    public Span<byte> TextSpan => new(Text, TextSize);

    /// <summary>The half of the text area in which samples are evaluated.</summary>
    public Span<byte> SampleSpan => new(Text, _half);

    /// <summary>The half for what is put together from samples: twice a buffer at least.</summary>
    public Span<byte> OutputSpan => new(Text + _half, _half);
}
