// Fetches of the request line: method, target and its parts, and the ACL forms that add a matching method to one (path_beg,
// url_end ...). Header fields are in HeaderFetches, parameters in ParameterFetches.
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using Baton.Configuration.Expressions;
using Baton.Engine.Balancing;
using Baton.Engine.Connections;
using Baton.Engine.Streams;
using Baton.Http.Messages;

namespace Baton.Engine.Samples.Fetches;

internal static class RequestFetches
{
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

    /// <summary>The head while it can be read: until it has been forwarded.</summary>
    private static MessageHead? Head(ProxyStream stream) => HttpMessage.Head(stream, false);

    /// <summary>Outlives the head: a method that is none of the known ones is found in the line kept for the log.</summary>
    private static bool Method(ProxyStream s, Argument[] a, int o, Span<byte> m, ref SampleValue v)
    {
        if (Head(s) is { } head)
        {
            v.SetText(head.MethodSpan);
            return true;
        }
        if (s is not HttpStream http)
            return false;
        ReadOnlySpan<byte> kept = http.Log.RequestLine;
        v.SetText(
            http.Method switch
            {
                HttpMethod.Get => "GET"u8,
                HttpMethod.Head => "HEAD"u8,
                HttpMethod.Post => "POST"u8,
                HttpMethod.Put => "PUT"u8,
                HttpMethod.Delete => "DELETE"u8,
                HttpMethod.Connect => "CONNECT"u8,
                HttpMethod.Options => "OPTIONS"u8,
                HttpMethod.Trace => "TRACE"u8,
                HttpMethod.Patch => "PATCH"u8,
                _ => kept.IndexOf((byte)' ') is >= 0 and var end ? kept[..end] : default,
            }
        );
        return !v.Text.IsEmpty;
    }

    private static bool Path(ProxyStream s, Argument[] a, int o, Span<byte> m, ref SampleValue v)
    {
        if (Head(s) is not { } h)
            return false;
        v.SetText(h.Path);
        return !h.Path.IsEmpty;
    }

    private static bool PathAndQuery(ProxyStream s, Argument[] a, int o, Span<byte> m, ref SampleValue v)
    {
        if (Head(s) is not { } h)
            return false;
        v.SetText(h.PathAndQuery);
        return true;
    }

    private static bool Url(ProxyStream s, Argument[] a, int o, Span<byte> m, ref SampleValue v)
    {
        if (Head(s) is not { } h)
            return false;
        v.SetText(h.Target);
        return true;
    }

    private static bool Query(ProxyStream s, Argument[] a, int o, Span<byte> m, ref SampleValue v)
    {
        if (Head(s) is not { } h || !h.PathAndQuery.Contains((byte)'?'))
            return false;
        v.SetText(h.Query);
        return true;
    }

    private static bool Version(ProxyStream s, Argument[] a, int o, Span<byte> m, ref SampleValue v)
    {
        if (Head(s) is not { } h)
            return false;
        v.SetText(h.VersionText);
        return true;
    }

    /// <summary>Host as the client wrote it, then what follows it; in scratch.</summary>
    private static bool Join(ProxyStream s, bool withQuery, Span<byte> m, ref SampleValue v)
    {
        if (Head(s) is not { } h)
            return false;
        int host = h.Find("host"u8);
        ReadOnlySpan<byte> first = host < 0 ? default : h.Field(host).ValueSpan,
            rest = withQuery ? h.PathAndQuery : h.Path;
        if (first.Length + rest.Length > m.Length)
            return false;
        first.CopyTo(m);
        rest.CopyTo(m[first.Length..]);
        v.SetText(m[..(first.Length + rest.Length)]);
        return true;
    }

    /// <summary>COMPAT: sdbm of the joined text with the full avalanche.</summary>
    private static bool Hash(ProxyStream s, bool withQuery, Span<byte> m, ref SampleValue v)
    {
        if (!Join(s, withQuery, m, ref v))
            return false;
        v.SetNumber(HashFunctions.Avalanche(HashFunctions.Sdbm(v.Text)));
        return true;
    }

    private static bool HashAndSource(ProxyStream s, bool withQuery, Span<byte> m, ref SampleValue v)
    {
        if (!Hash(s, withQuery, m, ref v))
            return false;
        SocketAddress source = s.Source;
        BinaryPrimitives.WriteUInt32BigEndian(m, (uint)v.Number);
        source.CopyBytes(m[4..]);
        v.SetBinary(m[..(4 + source.Length)]);
        return source.Length > 0;
    }

    /// <summary>The host and port of a target in absolute form.</summary>
    private static bool Authority(ProxyStream s, bool port, ref SampleValue v)
    {
        if (Head(s) is not { Form: TargetForm.Absolute } h)
            return false;
        ReadOnlySpan<byte> authority = h.Authority;
        int bracket = authority.LastIndexOf((byte)']'),
            colon = authority.LastIndexOf((byte)':');
        if (colon < bracket)
            colon = -1;
        if (port)
        {
            v.SetNumber(colon < 0 ? 80 : SampleCast.LeadingNumber(authority[(colon + 1)..]));
            return true;
        }
        v.SetText((colon < 0 ? authority : authority[..colon]).Trim("[]"u8));
        return SampleCast.To(SampleType.Address, default, ref v);
    }

    private static SampleFetch Row(
        string name,
        SampleType output,
        string summary,
        FetchFunction f,
        AclMatchMethod match = AclMatchMethod.Default
    ) =>
        new()
        {
            Name = name,
            Output = output,
            Needs = SampleNeeds.RequestHead,
            Summary = summary,
            Evaluate = f,
            ImpliedMatch = match,
            OfHeadAlone = !name.EndsWith("+src", StringComparison.Ordinal),
        };

    private static void AddWithSuffixes(List<SampleFetch> rows, string name, string summary, FetchFunction f)
    {
        rows.Add(Row(name, SampleType.String, summary, f));
        foreach ((string suffix, AclMatchMethod match) in Suffixes)
            rows.Add(Row($"{name}_{suffix}", SampleType.String, $"{summary}, matched by {suffix}", f, match));
    }

    internal static readonly List<SampleFetch> Rows = Build();

    private static List<SampleFetch> Build()
    {
        var rows = new List<SampleFetch>
        {
            new()
            {
                Name = "method",
                Output = SampleType.Method,
                ImpliedMatch = AclMatchMethod.String,
                Needs = SampleNeeds.RequestLine,
                Summary = "request method",
                Evaluate = Method,
            },
            Row("pathq", SampleType.String, "path and query", PathAndQuery),
            Row("query", SampleType.String, "query without the question mark", Query),
            Row("req.ver", SampleType.String, "HTTP version of the request", Version),
            Row("req_ver", SampleType.String, "HTTP version of the request", Version),
            Row("baseq", SampleType.String, "host, path and query", (s, a, o, m, ref v) => Join(s, withQuery: true, m, ref v)),
            Row("base32", SampleType.Integer, "hash of host and path", (s, a, o, m, ref v) => Hash(s, withQuery: false, m, ref v)),
            Row("url32", SampleType.Integer, "hash of host, path and query", (s, a, o, m, ref v) => Hash(s, withQuery: true, m, ref v)),
            Row("base32+src", SampleType.Binary, "hash of host and path, and the client's address", (s, a, o, m, ref v) =>
                HashAndSource(s, withQuery: false, m, ref v)
            ),
            Row("url32+src", SampleType.Binary, "hash of host, path and query, and the client's address", (s, a, o, m, ref v) =>
                HashAndSource(s, withQuery: true, m, ref v)
            ),
            Row("url_ip", SampleType.Address, "address in the request target", (s, a, o, m, ref v) => Authority(s, false, ref v)),
            Row("url_port", SampleType.Integer, "port in the request target", (s, a, o, m, ref v) => Authority(s, true, ref v)),
            new()
            {
                Name = "http_first_req",
                Output = SampleType.Bool,
                Needs = SampleNeeds.RequestLine,
                Summary = "the connection's first request",
                Evaluate = (s, a, o, m, ref v) =>
                {
                    v.SetBool(s.Session.RequestCount == 1);
                    return s.IsHttp;
                },
            },
        };
        AddWithSuffixes(rows, "path", "path of the request", Path);
        AddWithSuffixes(rows, "url", "request target", Url);
        AddWithSuffixes(rows, "base", "host and path", (s, a, o, m, ref v) => Join(s, withQuery: false, m, ref v));
        return rows;
    }
}
