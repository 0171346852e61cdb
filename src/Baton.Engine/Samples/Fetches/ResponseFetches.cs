// Fetches of the response's head: status, version, headers.
using System;
using System.Collections.Generic;
using System.Text;
using Baton.Configuration.Expressions;
using Baton.Engine.Streams;
using Baton.Http.H1;

namespace Baton.Engine.Samples.Fetches;

internal static class ResponseFetches
{
    private static readonly ArgumentSpec[] HeaderName = [new(ArgumentKind.String, "name")];

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

    private static bool Header(ProxyStream s, Argument[] a, int occurrence, Span<byte> m, ref SampleValue v)
    {
        if (Head(s) is not { } head) return false;
        Span<byte> name = stackalloc byte[128];
        int length = Encoding.ASCII.GetBytes(a[0].Text.AsSpan(0, Math.Min(a[0].Text.Length, 128)), name);
        int found = -1, at = -1;
        for (int i = 0; (at = head.Find(name[..length], at)) >= 0; i++) { found = at; if (i == occurrence) break; if (occurrence >= 0) found = -1; }
        if (found < 0) return false;
        v.SetText(head.Field(found).ValueSpan);
        return true;
    }

    private static bool HeaderCount(ProxyStream s, Argument[] a, int o, Span<byte> m, ref SampleValue v)
    {
        if (Head(s) is not { } head) return false;
        Span<byte> name = stackalloc byte[128];
        int length = Encoding.ASCII.GetBytes(a[0].Text.AsSpan(0, Math.Min(a[0].Text.Length, 128)), name);
        int n = 0;
        for (int at = -1; (at = head.Find(name[..length], at)) >= 0;) n++;
        v.SetNumber(n);
        return true;
    }

    private static SampleFetch Row(string name, SampleType output, string summary, FetchFunction f, ArgumentSpec[]? args = null, bool multiple = false)
        => new() { Name = name, Output = output, Needs = SampleNeeds.ResponseHead, Summary = summary, Evaluate = f, Arguments = args ?? [], Multiple = multiple };

    internal static readonly List<SampleFetch> Rows =
    [
        Row("status", SampleType.Integer, "status of the response", Status),
        Row("res.ver", SampleType.String, "HTTP version of the response", Version),
        Row("res.hdr", SampleType.String, "value of a response header", Header, HeaderName, true),
        Row("res.fhdr", SampleType.String, "whole value of a response header", Header, HeaderName, true),
        Row("res.hdr_cnt", SampleType.Integer, "lines of a response header", HeaderCount, HeaderName),
    ];
}
