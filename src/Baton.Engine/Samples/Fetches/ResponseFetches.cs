// Fetches of the response's status line; its header fields are in HeaderFetches.
using System;
using System.Collections.Generic;
using Baton.Configuration.Expressions;
using Baton.Engine.Streams;
using Baton.Http.H1;

namespace Baton.Engine.Samples.Fetches;

internal static class ResponseFetches
{
    /// <summary>The head while its rules run.</summary>
    private static MessageHead? Head(ProxyStream stream) => stream is HttpStream { ResponseHeadIsReadable: true } http ? http.ResponseHead : null;

    private static bool Status(ProxyStream s, Argument[] a, int o, Span<byte> m, ref SampleValue v)
    {
        int status = Head(s)?.Status ?? (s as HttpStream)?.Status ?? 0;
        if (status == 0) return false;
        v.SetNumber(status);
        return true;
    }

    private static bool Version(ProxyStream s, Argument[] a, int o, Span<byte> m, ref SampleValue v)
    {
        if (Head(s) is not { } h) return false;
        v.SetText(h.MinorVersion == 0 ? "1.0"u8 : "1.1"u8);
        return true;
    }

    private static SampleFetch Row(string name, SampleType output, string summary, FetchFunction f, ArgumentSpec[]? args = null, bool multiple = false)
        => new() { Name = name, Output = output, Needs = SampleNeeds.ResponseHead, Summary = summary, Evaluate = f, Arguments = args ?? [], Multiple = multiple };

    internal static readonly List<SampleFetch> Rows =
    [
        Row("status", SampleType.Integer, "status of the response", Status),
        Row("res.ver", SampleType.String, "HTTP version of the response", Version),
    ];
}
