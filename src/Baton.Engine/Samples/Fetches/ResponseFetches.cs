// Fetches of the response's status line; its header fields are in HeaderFetches.
using System;
using System.Collections.Generic;
using Baton.Configuration.Expressions;
using Baton.Configuration.Model;
using Baton.Engine.Filters.Compression;
using Baton.Engine.Streams;
using Baton.Http.Messages;

namespace Baton.Engine.Samples.Fetches;

internal static class ResponseFetches
{
    /// <summary>The head while its rules run.</summary>
    private static MessageHead? Head(ProxyStream stream) =>
        stream is HttpStream { Rules.InResponse: true } http ? http.ResponseHead : (stream as CheckStream)?.AnswerHead;

    private static bool Status(ProxyStream s, Argument[] a, int o, Span<byte> m, ref SampleValue v)
    {
        // COMPAT: behind the rules only the status of an answer that a server gave
        int status = Head(s)?.Status ?? (s is HttpStream { ResponseSide.ServerStatus: > 0 } http ? http.Status : 0);
        if (status == 0)
            return false;
        v.SetNumber(status);
        return true;
    }

    private static bool Version(ProxyStream s, Argument[] a, int o, Span<byte> m, ref SampleValue v)
    {
        if (Head(s) is not { } h)
            return false;
        v.SetText(h.VersionText);
        return true;
    }

    private static bool Body(ProxyStream s, Span<byte> m, out ReadOnlySpan<byte> body)
    {
        if (s is CheckStream check)
            return check.TryGetAnswerBody(out body);
        body = default;
        if (s is not HttpStream { Rules.InResponse: true } http)
            return false;
        body = http.BodyStart.OfResponse(m);
        return true;
    }

    /// <summary>The length announced, or what has come of a body without one.</summary>
    private static bool BodySize(ProxyStream s, Span<byte> m, ref SampleValue v)
    {
        if (!Body(s, m, out ReadOnlySpan<byte> body))
            return false;
        MessageHead head = Head(s)!;
        v.SetNumber(head.Body == BodyKind.Length ? head.ContentLength : body.Length);
        return true;
    }

    /// <summary>COMPAT: known as soon as the response has come, before its head says it, and as long as the stream lives.</summary>
    private static SampleFetch Compressed(string name, SampleType output, string summary, bool asText) =>
        new()
        {
            Name = name,
            Output = output,
            Needs = SampleNeeds.ResponseLine,
            Summary = summary,
            Evaluate = (ProxyStream s, Argument[] a, int o, Span<byte> m, ref SampleValue v) =>
            {
                CompressionAlgorithm? algorithm = CompressionFilter.AlgorithmOf(s);
                if (!asText)
                {
                    v.SetBool(algorithm is not null);
                    return true;
                }
                if (algorithm is null)
                    return false;
                v.SetText(AcceptedEncoding.WordOf(algorithm.Value));
                return true;
            },
        };

    private static SampleFetch OfBody(string name, SampleType output, string summary, FetchFunction f) =>
        new()
        {
            Name = name,
            Output = output,
            Needs = SampleNeeds.ResponseBody,
            Summary = summary,
            Evaluate = f,
        };

    private static SampleFetch Row(
        string name,
        SampleType output,
        string summary,
        FetchFunction f,
        ArgumentSpec[]? args = null,
        bool multiple = false
    ) =>
        new()
        {
            Name = name,
            Output = output,
            Needs = SampleNeeds.ResponseHead,
            Summary = summary,
            Evaluate = f,
            Arguments = args ?? [],
            Multiple = multiple,
        };

    internal static readonly List<SampleFetch> Rows =
    [
        new()
        {
            Name = "status",
            Output = SampleType.Integer,
            Needs = SampleNeeds.ResponseLine,
            Summary = "status of the response",
            Evaluate = Status,
        },
        Compressed("res.comp", SampleType.Bool, "the response is compressed here", false),
        Compressed("res.comp_algo", SampleType.String, "how the response is compressed here", true),
        Row("res.ver", SampleType.String, "HTTP version of the response", Version),
        Row("resp_ver", SampleType.String, "HTTP version of the response", Version),
        OfBody("res.body", SampleType.Binary, "body of the response received so far", (s, a, o, m, ref v) =>
        {
            bool known = Body(s, m, out ReadOnlySpan<byte> b);
            v.SetBinary(b);
            return known;
        }),
        OfBody("res.body_len", SampleType.Integer, "bytes of the response's body received so far", (s, a, o, m, ref v) =>
        {
            bool known = Body(s, m, out ReadOnlySpan<byte> b);
            v.SetNumber(b.Length);
            return known;
        }),
        OfBody("res.body_size", SampleType.Integer, "length of the response's body as announced", (s, a, o, m, ref v) =>
            BodySize(s, m, ref v)
        ),
    ];
}
