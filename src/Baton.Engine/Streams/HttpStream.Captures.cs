// What is kept of a request's and a response's headers for the log and for rules (manual, "capture request header").
using System;
using Baton.Engine.Logs;
using Baton.Http.H1;
using Baton.Http.Headers;

namespace Baton.Engine.Streams;

public sealed unsafe partial class HttpStream
{
    /// <summary>The slots of the frontend's layout; null until something is captured.</summary>
    private byte* _captures;

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
        CaptureLayout layout = Frontend.Captures!;
        if (layout.Size > Worker.Buffers.BlockSize) return;
        if (_captures is null)
        {
            _captures = Worker.Buffers.Rent();
            new Span<byte>(_captures, layout.Size).Clear();
        }
        int length = Math.Min(text.Length, slot.Length);
        text[..length].CopyTo(new Span<byte>(_captures + slot.Offset + 2, length));
        *(ushort*)(_captures + slot.Offset) = (ushort)(length + 1);
    }

    private void CaptureRequest()
    {
        if (Frontend.Captures is not { } layout) return;
        CaptureHeaders(layout.Request, RequestHead);
        if (layout.RequestCookie is null) return;
        for (int i = -1; (i = RequestHead.Find("cookie"u8, i)) >= 0;)
        {
            // COMPAT: the first whose name begins with the configured one, with its name
            foreach (Range range in RequestHead.Field(i).ValueSpan.Split((byte)';'))
            {
                ReadOnlySpan<byte> pair = RequestHead.Field(i).ValueSpan[range].Trim(" \t"u8);
                if (pair.StartsWith(layout.CookieName)) { Capture(layout.RequestCookie, pair); return; }
            }
        }
    }

    private void CaptureResponse()
    {
        if (Frontend.Captures is not { } layout) return;
        CaptureHeaders(layout.Response, ResponseHead);
        if (layout.ResponseCookie is null) return;
        for (int i = -1; (i = ResponseHead.Find("set-cookie"u8, i)) >= 0;)
        {
            ReadOnlySpan<byte> value = ResponseHead.Field(i).ValueSpan;
            if (!value.StartsWith(layout.CookieName)) continue;
            int end = value.IndexOf((byte)';');
            Capture(layout.ResponseCookie, end < 0 ? value : value[..end]);
            return;
        }
    }

    /// <summary>The last line of each header that is asked for.</summary>
    private void CaptureHeaders(CaptureSlot[] slots, MessageHead head)
    {
        foreach (CaptureSlot slot in slots)
        {
            if (slot.Header.Length == 0) continue;
            int found = -1;
            for (int i = -1; (i = head.Find(slot.Header, i)) >= 0;) found = i;
            if (found >= 0) Capture(slot, head.Field(found).ValueSpan);
        }
    }

    private void ReleaseCaptureSlots()
    {
        if (_captures is null) return;
        Worker.Buffers.Return(_captures);
        _captures = null;
    }
}
