// Fetches of name=value parameters, in the query or in a form in the body, and of the body itself as far as it has come
// (manual 7.3.6; "option http-buffer-request" or "wait-for-body" waits for it).
using System;
using System.Collections.Generic;
using Baton.Configuration.Expressions;
using Baton.Engine.Streams;
using Baton.Http.Headers;
using Baton.Http.Messages;

namespace Baton.Engine.Samples.Fetches;

internal static class ParameterFetches
{
    private static readonly ArgumentSpec[] InQuery =
        [new(ArgumentKind.String, "name", true), new(ArgumentKind.String, "delimiter", true), new(ArgumentKind.Choice, "i", true, ["i"])],
        InBody = [new(ArgumentKind.String, "name", true), new(ArgumentKind.Choice, "i", true, ["i"])];

    private static readonly (string Suffix, AclMatchMethod Match)[] Suffixes =
    [
        ("beg", AclMatchMethod.Begin),
        ("dir", AclMatchMethod.Directory),
        ("dom", AclMatchMethod.Domain),
        ("end", AclMatchMethod.End),
        ("len", AclMatchMethod.Length),
        ("sub", AclMatchMethod.Substring),
        ("reg", AclMatchMethod.Regex),
    ];

    /// <summary>The n-th (from 0; the first when negative) parameter of that name, or of any.</summary>
    private static bool TryFind(
        ReadOnlySpan<byte> text,
        ReadOnlySpan<byte> name,
        byte delimiter,
        bool ignoreCase,
        int occurrence,
        ref SampleValue v
    )
    {
        int n = 0,
            at = 0;
        if (occurrence > 0 && v.Cursor.Next == occurrence)
            (n, at) = (occurrence, v.Cursor.Offset);
        while (at < text.Length)
        {
            int end = text[at..].IndexOfAny((byte)'&', (byte)';', delimiter);
            ReadOnlySpan<byte> pair = end < 0 ? text[at..] : text.Slice(at, end);
            at = end < 0 ? text.Length : at + end + 1;
            int equals = pair.IndexOf((byte)'=');
            if (
                equals < 0
                || !name.IsEmpty && !(ignoreCase ? ByteClass.EqualsIgnoreCase(pair[..equals], name) : pair[..equals].SequenceEqual(name))
            )
                continue;
            if (n++ < occurrence)
                continue;
            v.SetText(pair[(equals + 1)..]);
            v.Cursor = new SampleCursor { Next = n, Offset = at };
            return true;
        }
        return false;
    }

    private static bool UrlParameter(ProxyStream s, Argument[] a, int occurrence, Span<byte> m, ref SampleValue v)
    {
        if (HttpMessage.Head(s, false) is not { } head)
            return false;
        byte start = a[1].Text.Length == 0 ? (byte)'?' : HttpMessage.Bytes(a[1])[0];
        int query = head.Target.IndexOf(start);
        return query >= 0 && TryFind(head.Target[(query + 1)..], HttpMessage.Bytes(a[0]), start, !a[2].Absent, occurrence, ref v);
    }

    private static bool UrlNumber(ProxyStream s, Argument[] a, int occurrence, Span<byte> m, ref SampleValue v)
    {
        if (!UrlParameter(s, a, occurrence, m, ref v))
            return false;
        v.SetNumber(SampleCast.LeadingNumber(v.Text));
        return true;
    }

    private static bool Body(ProxyStream s, Span<byte> m, out ReadOnlySpan<byte> body)
    {
        body = default;
        if (s is not HttpStream { HeadIsReadable: true } http)
            return false;
        body = http.BodyStart.OfRequest(m);
        return true;
    }

    private static bool BodyParameter(ProxyStream s, Argument[] a, int occurrence, Span<byte> m, ref SampleValue v) =>
        Body(s, m, out ReadOnlySpan<byte> body) && TryFind(body, HttpMessage.Bytes(a[0]), (byte)'&', !a[1].Absent, occurrence, ref v);

    /// <summary>The length announced, or what has come of a body without one.</summary>
    private static bool BodySize(ProxyStream s, Span<byte> m, ref SampleValue v)
    {
        if (!Body(s, m, out ReadOnlySpan<byte> body))
            return false;
        MessageHead head = ((HttpStream)s).RequestHead;
        v.SetNumber(head.Body == BodyKind.Length ? head.ContentLength : body.Length);
        return true;
    }

    private static SampleFetch Row(
        string name,
        SampleType output,
        SampleNeeds needs,
        string summary,
        FetchFunction f,
        ArgumentSpec[]? args = null,
        AclMatchMethod match = AclMatchMethod.Default,
        bool multiple = false
    ) =>
        new()
        {
            Name = name,
            Output = output,
            Needs = needs,
            Summary = summary,
            Evaluate = f,
            Arguments = args ?? [],
            ImpliedMatch = match,
            Multiple = multiple,
        };

    internal static readonly SampleFetch[] Rows = Build();

    private static SampleFetch[] Build()
    {
        var rows = new List<SampleFetch>
        {
            Row("url_param", SampleType.String, SampleNeeds.RequestHead, "parameter of the query", UrlParameter, InQuery, multiple: true),
            Row("urlp", SampleType.String, SampleNeeds.RequestHead, "parameter of the query", UrlParameter, InQuery, multiple: true),
            Row(
                "urlp_val",
                SampleType.Integer,
                SampleNeeds.RequestHead,
                "parameter of the query as a number",
                UrlNumber,
                InQuery,
                multiple: true
            ),
            Row("req.body", SampleType.Binary, SampleNeeds.RequestBody, "body received so far", (s, a, o, m, ref v) =>
            {
                bool done = Body(s, m, out ReadOnlySpan<byte> b);
                v.SetBinary(b);
                return done;
            }),
            Row("req.body_len", SampleType.Integer, SampleNeeds.RequestBody, "bytes of the body received so far", (s, a, o, m, ref v) =>
            {
                bool done = Body(s, m, out ReadOnlySpan<byte> b);
                v.SetNumber(b.Length);
                return done;
            }),
            Row("req.body_size", SampleType.Integer, SampleNeeds.RequestBody, "length of the body as announced", (s, a, o, m, ref v) =>
                BodySize(s, m, ref v)
            ),
            Row(
                "req.body_param",
                SampleType.String,
                SampleNeeds.RequestBody,
                "parameter of a form in the body",
                BodyParameter,
                InBody,
                multiple: true
            ),
        };
        foreach ((string suffix, AclMatchMethod match) in Suffixes)
            rows.Add(
                Row(
                    $"urlp_{suffix}",
                    SampleType.String,
                    SampleNeeds.RequestHead,
                    $"parameter of the query, matched by {suffix}",
                    UrlParameter,
                    InQuery,
                    match,
                    true
                )
            );
        return [.. rows];
    }
}
