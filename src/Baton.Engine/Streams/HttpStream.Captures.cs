// What is kept of a request's and a response's headers (manual, "capture request header").
using System;
using Baton.Engine.Logs;
using Baton.Http.Headers;
using Baton.Http.Messages;

namespace Baton.Engine.Streams;

public sealed partial class HttpStream
{
    private void CaptureRequest()
    {
        if (Frontend.Captures is not { } layout)
            return;
        CaptureHeaders(layout.Request, RequestHead);
        if (layout.RequestCookie is null)
            return;
        for (int i = -1; (i = RequestHead.Find("cookie"u8, i)) >= 0; )
        {
            // COMPAT: the first whose name begins with the configured one, with its name
            ReadOnlySpan<byte> field = RequestHead.Field(i).ValueSpan;
            for (int from = 0, end; from < field.Length; from = end + 1)
            {
                end = from + CookieText.EndOfPair(field[from..]);
                ReadOnlySpan<byte> pair = field[from..end].Trim(" \t"u8);
                if (pair.StartsWith(layout.CookieName))
                {
                    Capture(layout.RequestCookie, pair);
                    return;
                }
            }
        }
    }

    private void CaptureResponse()
    {
        if (Frontend.Captures is not { } layout)
            return;
        CaptureHeaders(layout.Response, ResponseHead);
        if (layout.ResponseCookie is null)
            return;
        for (int i = -1; (i = ResponseHead.Find("set-cookie"u8, i)) >= 0; )
        {
            ReadOnlySpan<byte> value = ResponseHead.Field(i).ValueSpan;
            if (!value.StartsWith(layout.CookieName))
                continue;
            Capture(layout.ResponseCookie, value[..CookieText.EndOfPair(value)]);
            return;
        }
    }

    /// <summary>The last line of each header that is asked for.</summary>
    private void CaptureHeaders(CaptureSlot[] slots, MessageHead head)
    {
        foreach (CaptureSlot slot in slots)
        {
            if (slot.Header.Length == 0)
                continue;
            int found = -1;
            for (int i = -1; (i = head.Find(slot.Header, i)) >= 0; )
                found = i;
            if (found >= 0)
                Capture(slot, head.Field(found).ValueSpan);
        }
    }
}
