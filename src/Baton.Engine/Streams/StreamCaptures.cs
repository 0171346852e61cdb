// What is kept of a stream for the log and for rules: captured headers and samples (manual, "capture request header",
// "http-request capture", "tcp-request content capture").
// SAFETY: _slots is null or a block as long as the frontend's layout, which this alone holds; a slot lies inside it, and the length
// that stands before its text is never above the slot's: Keep cuts, ReadFrom refuses what is longer.
using System;
using Baton.Core.Frames;
using Baton.Engine.Logs;
using Baton.Http.Headers;
using Baton.Http.Messages;

namespace Baton.Engine.Streams;

/// <summary>A part of its stream.</summary>
internal sealed unsafe class StreamCaptures(ProxyStream stream)
{
    /// <summary>The slots of the frontend's layout; null until something is captured.</summary>
    private byte* _slots;
    private int _size;
    public bool HoldsMemory => _slots is not null;

    /// <summary>The text of a slot; empty when nothing was captured. <paramref name="isSet"/> tells the two apart.</summary>
    public ReadOnlySpan<byte> Get(CaptureSlot slot, out bool isSet)
    {
        int length = _slots is null ? 0 : *(ushort*)(_slots + slot.Offset);
        isSet = length > 0;
        return isSet ? new ReadOnlySpan<byte>(_slots + slot.Offset + 2, length - 1) : default;
    }

    /// <summary>Keeps what fits of a text.</summary>
    public void Keep(CaptureSlot slot, ReadOnlySpan<byte> text)
    {
        if (_slots is null)
        {
            CaptureLayout layout = stream.Frontend.Captures!;
            _slots = stream.Worker.Buffers.RentAtLeast(layout.Size, out _size);
            // no memory: nothing is captured
            if (_slots is null)
                return;
            new Span<byte>(_slots, layout.Size).Clear();
            layout.Sign(new Span<byte>(_slots, layout.Size));
        }
        int length = Math.Min(text.Length, slot.Length);
        text[..length].CopyTo(new Span<byte>(_slots + slot.Offset + 2, length));
        *(ushort*)(_slots + slot.Offset) = (ushort)(length + 1);
    }

    /// <summary>What the frontend asks for of a request's head.</summary>
    public void KeepRequest(MessageHead head)
    {
        if (stream.Frontend.Captures is not { } layout)
            return;
        KeepFields(layout.Request, head);
        if (layout.RequestCookie is null)
            return;
        for (int i = -1; (i = head.Find("cookie"u8, i)) >= 0; )
        {
            // COMPAT: the first whose name begins with the configured one, with its name
            ReadOnlySpan<byte> field = head.Field(i).ValueSpan;
            for (int from = 0, end; from < field.Length; from = end + 1)
            {
                end = from + CookieText.EndOfPair(field[from..]);
                ReadOnlySpan<byte> pair = field[from..end].Trim(" \t"u8);
                if (pair.StartsWith(layout.CookieName))
                {
                    Keep(layout.RequestCookie, pair);
                    return;
                }
            }
        }
    }

    /// <summary>And of a response's.</summary>
    public void KeepResponse(MessageHead head)
    {
        if (stream.Frontend.Captures is not { } layout)
            return;
        KeepFields(layout.Response, head);
        if (layout.ResponseCookie is null)
            return;
        for (int i = -1; (i = head.Find("set-cookie"u8, i)) >= 0; )
        {
            ReadOnlySpan<byte> value = head.Field(i).ValueSpan;
            if (!value.StartsWith(layout.CookieName))
                continue;
            Keep(layout.ResponseCookie, value[..CookieText.EndOfPair(value)]);
            return;
        }
    }

    /// <summary>The last line of each header that is asked for.</summary>
    private void KeepFields(CaptureSlot[] slots, MessageHead head)
    {
        foreach (CaptureSlot slot in slots)
        {
            if (slot.Header.Length == 0)
                continue;
            int found = -1;
            for (int i = -1; (i = head.Find(slot.Header, i)) >= 0; )
                found = i;
            if (found >= 0)
                Keep(slot, head.Field(found).ValueSpan);
        }
    }

    public void Release()
    {
        if (_slots is null)
            return;
        stream.Worker.Buffers.Return(_slots, _size);
        _slots = null;
    }

    public void WriteTo(FrameWriter w) => w.Blob(_slots is null ? default : new ReadOnlySpan<byte>(_slots, stream.Frontend.Captures!.Size));

    /// <summary>Slots of another layout mean nothing here.</summary>
    public void ReadFrom(ref FrameReader r)
    {
        ReadOnlySpan<byte> captures = r.Blob();
        if (captures.IsEmpty || stream.Frontend.Captures?.CanHold(captures) != true)
            return;
        _slots = stream.Worker.Buffers.RentAtLeast(captures.Length, out _size);
        if (_slots is null)
            return;
        captures.CopyTo(new Span<byte>(_slots, captures.Length));
    }
}
