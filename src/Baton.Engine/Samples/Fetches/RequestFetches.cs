// Fetches of the request's head, and the ACL forms that add a matching method to one (path_beg, hdr_end ...).
using System;
using System.Collections.Generic;
using System.Text;
using Baton.Configuration.Expressions;
using Baton.Engine.Streams;
using Baton.Http.H1;

namespace Baton.Engine.Samples.Fetches;

internal static class RequestFetches
{
    private static readonly ArgumentSpec[] HeaderName = [new(ArgumentKind.String, "name")];

    private static readonly (string Suffix, AclMatchMethod Match)[] Suffixes =
        [("beg", AclMatchMethod.Begin), ("dir", AclMatchMethod.Directory), ("dom", AclMatchMethod.Domain), ("end", AclMatchMethod.End), ("len", AclMatchMethod.Length), ("reg", AclMatchMethod.Regex), ("sub", AclMatchMethod.Substring)];

    /// <summary>The head while it can be read: until it has been forwarded.</summary>
    private static MessageHead? Head(ProxyStream stream) => stream is HttpStream { HeadIsReadable: true } http ? http.RequestHead : null;

    private static bool Method(ProxyStream s, Argument[] a, int o, Span<byte> m, ref SampleValue v) { if (Head(s) is not { } h) return false; v.SetText(h.MethodSpan); return true; }
    private static bool Path(ProxyStream s, Argument[] a, int o, Span<byte> m, ref SampleValue v) { if (Head(s) is not { } h) return false; v.SetText(h.Path); return !h.Path.IsEmpty; }
    private static bool PathAndQuery(ProxyStream s, Argument[] a, int o, Span<byte> m, ref SampleValue v) { if (Head(s) is not { } h) return false; v.SetText(h.PathAndQuery); return true; }
    private static bool Url(ProxyStream s, Argument[] a, int o, Span<byte> m, ref SampleValue v) { if (Head(s) is not { } h) return false; v.SetText(h.Target); return true; }
    private static bool Query(ProxyStream s, Argument[] a, int o, Span<byte> m, ref SampleValue v) { if (Head(s) is not { } h) return false; v.SetText(h.Query); return true; }
    private static bool Version(ProxyStream s, Argument[] a, int o, Span<byte> m, ref SampleValue v) { if (Head(s) is not { } h) return false; v.SetText(h.MinorVersion == 0 ? "1.0"u8 : "1.1"u8); return true; }

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

    private static SampleFetch Row(string name, SampleType output, string summary, FetchFunction f, ArgumentSpec[]? args = null, AclMatchMethod match = AclMatchMethod.Default, bool multiple = false)
        => new() { Name = name, Output = output, Needs = SampleNeeds.RequestHead, Summary = summary, Evaluate = f, Arguments = args ?? [], ImpliedMatch = match, Multiple = multiple };

    private static void AddWithSuffixes(List<SampleFetch> rows, string name, string summary, FetchFunction f, ArgumentSpec[]? args = null, bool multiple = false)
    {
        rows.Add(Row(name, SampleType.String, summary, f, args, AclMatchMethod.Default, multiple));
        foreach ((string suffix, AclMatchMethod match) in Suffixes) rows.Add(Row($"{name}_{suffix}", SampleType.String, $"{summary}, matched by {suffix}", f, args, match, multiple));
    }

    internal static readonly List<SampleFetch> Rows = Build();

    private static List<SampleFetch> Build()
    {
        var rows = new List<SampleFetch>
        {
            Row("method", SampleType.String, "request method", Method),
            Row("pathq", SampleType.String, "path and query", PathAndQuery),
            Row("query", SampleType.String, "query without the question mark", Query),
            Row("req.ver", SampleType.String, "HTTP version of the request", Version), Row("req_ver", SampleType.String, "HTTP version of the request", Version),
            Row("hdr_cnt", SampleType.Integer, "lines of a request header", HeaderCount, HeaderName), Row("req.hdr_cnt", SampleType.Integer, "lines of a request header", HeaderCount, HeaderName),
            Row("req.fhdr", SampleType.String, "whole value of a request header", Header, HeaderName, AclMatchMethod.Default, true),
        };
        AddWithSuffixes(rows, "path", "path of the request", Path);
        AddWithSuffixes(rows, "url", "request target", Url);
        AddWithSuffixes(rows, "hdr", "value of a request header", Header, HeaderName, true);
        rows.Add(Row("req.hdr", SampleType.String, "value of a request header", Header, HeaderName, AclMatchMethod.Default, true));
        return rows;
    }
}
