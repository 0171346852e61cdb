// The HTTP message a fetch looks at: the request's or the response's head and body, while its rules run.
using System;
using Baton.Configuration.Expressions;
using Baton.Engine.Streams;
using Baton.Http.Messages;

namespace Baton.Engine.Samples.Fetches;

internal static class HttpMessage
{
    /// <summary>The head while it lies in its buffer; null before and after. COMPAT: also where HTTP is spoken in TCP mode, of the
    /// request.</summary>
    public static MessageHead? Head(ProxyStream stream, bool response)
    {
        if (stream is not HttpStream http)
            return response ? (stream as CheckStream)?.AnswerHead : HttpInspection.HeadOf(stream);
        if (response)
            return http.Rules.InResponse ? http.ResponseHead : null;
        return http.HeadIsReadable ? http.RequestHead : null;
    }

    public static SampleNeeds Needs(bool response) => response ? SampleNeeds.ResponseHead : SampleNeeds.RequestHead;

    public static ReadOnlySpan<byte> Bytes(Argument a) => (byte[]?)a.Value;
}
