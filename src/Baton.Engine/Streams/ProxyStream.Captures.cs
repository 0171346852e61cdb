// What is kept of a stream for the log and for rules: captured headers and samples (manual, "capture request header",
// "http-request capture", "tcp-request content capture").
// SAFETY: _captures is null or a block as long as the frontend's layout, which the stream alone holds; a slot lies inside it, and
// the length that stands before its text is never above the slot's: Capture cuts, ReadCaptures refuses what is longer.
using System;
using Baton.Core.Frames;
using Baton.Engine.Logs;

namespace Baton.Engine.Streams;

public abstract unsafe partial class ProxyStream
{
    /// <summary>The slots of the frontend's layout; null until something is captured.</summary>
    private byte* _captures;
    private int _capturesSize;

    /// <summary>The text of a slot; empty when nothing was captured. <paramref name="isSet"/> tells the two apart.</summary>
    internal ReadOnlySpan<byte> Captured(CaptureSlot slot, out bool isSet)
    {
        int length = _captures is null ? 0 : *(ushort*)(_captures + slot.Offset);
        isSet = length > 0;
        return isSet ? new ReadOnlySpan<byte>(_captures + slot.Offset + 2, length - 1) : default;
    }

    /// <summary>Keeps what fits of a text.</summary>
    internal void Capture(CaptureSlot slot, ReadOnlySpan<byte> text)
    {
        if (_captures is null)
        {
            int size = Frontend.Captures!.Size;
            _captures = Worker.Buffers.RentAtLeast(size, out _capturesSize);
            // no memory: nothing is captured
            if (_captures is null)
                return;
            new Span<byte>(_captures, size).Clear();
            Frontend.Captures.Sign(new Span<byte>(_captures, size));
        }
        int length = Math.Min(text.Length, slot.Length);
        text[..length].CopyTo(new Span<byte>(_captures + slot.Offset + 2, length));
        *(ushort*)(_captures + slot.Offset) = (ushort)(length + 1);
    }

    /// <summary>Gives back what was kept for the log.</summary>
    protected virtual void ReleaseCaptures()
    {
        if (_captures is null)
            return;
        Worker.Buffers.Return(_captures, _capturesSize);
        _captures = null;
    }

    protected void WriteCaptures(FrameWriter w) =>
        w.Blob(_captures is null ? default : new ReadOnlySpan<byte>(_captures, Frontend.Captures!.Size));

    /// <summary>Slots of another layout mean nothing here.</summary>
    protected void ReadCaptures(ref FrameReader r)
    {
        ReadOnlySpan<byte> captures = r.Blob();
        if (captures.IsEmpty || Frontend.Captures?.CanHold(captures) != true)
            return;
        _captures = Worker.Buffers.RentAtLeast(captures.Length, out _capturesSize);
        if (_captures is null)
            return;
        captures.CopyTo(new Span<byte>(_captures, captures.Length));
    }
}
