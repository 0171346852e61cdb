// Memory for things that live no longer than one call: a head being serialised, a log line, sample text.
using System;
using System.Runtime.InteropServices;

namespace Baton.Engine.Loop;

/// <summary>OWNER: one worker. Two areas: <see cref="Head"/> for message heads, <see cref="Text"/> for everything else.</summary>
public sealed unsafe class ScratchMemory(int bufferSize)
{
    public byte* Head { get; } = (byte*)NativeMemory.Alloc((nuint)bufferSize);
    public int HeadSize { get; } = bufferSize;
    public Span<byte> HeadSpan => new(Head, HeadSize);
    public byte* Text { get; } = (byte*)NativeMemory.Alloc(65536);
    public int TextSize => 65536;
    public Span<byte> TextSpan => new(Text, TextSize);
}
