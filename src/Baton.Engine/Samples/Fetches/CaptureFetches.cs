// capture.req.* and capture.res.*: what was kept of the heads, also when they are gone.
using System;
using Baton.Configuration.Expressions;
using Baton.Engine.Logs;
using Baton.Engine.Streams;

namespace Baton.Engine.Samples.Fetches;

internal static class CaptureFetches
{
    private static bool Header(ProxyStream s, long index, bool request, ref SampleValue v)
    {
        if (s.Frontend.Captures is not { } layout)
            return false;
        CaptureSlot[] slots = request ? layout.Request : layout.Response;
        if (index < 0 || index >= slots.Length)
            return false;
        ReadOnlySpan<byte> text = s.Captures.Get(slots[index], out bool isSet);
        if (isSet)
            v.SetText(text);
        return isSet;
    }

    /// <summary>A word of the request line, which is kept when there is a log.</summary>
    private static bool Word(ProxyStream s, int index, ref SampleValue v)
    {
        ReadOnlySpan<byte> line = s is HttpStream http ? http.Log.RequestLine : default;
        if (line.IsEmpty)
            return false;
        for (int i = 0; i < index; i++)
        {
            int space = line.IndexOf((byte)' ');
            if (space < 0)
                return false;
            line = line[(space + 1)..];
        }
        int end = line.IndexOf((byte)' ');
        v.SetText(end < 0 ? line : line[..end]);
        return true;
    }

    /// <summary>COMPAT: of the target what follows the authority; one that has no path is no sample.</summary>
    private static bool Target(ProxyStream s, ref SampleValue v)
    {
        if (!Word(s, 1, ref v))
            return false;
        ReadOnlySpan<byte> target = v.Text;
        int authority = target.StartsWith("/"u8) ? -1 : target.IndexOf("://"u8);
        if (authority >= 0)
            target = target[(authority + 3)..];
        int path = target.IndexOf((byte)'/');
        if (path < 0 || path > 0 && authority < 0)
            return false;
        v.SetText(target[path..]);
        return true;
    }

    private static SampleFetch Row(string name, string summary, FetchFunction f, ArgumentSpec[]? args = null) =>
        new()
        {
            Name = name,
            Output = SampleType.String,
            Needs = SampleNeeds.None,
            Summary = summary,
            Evaluate = f,
            Arguments = args ?? [],
        };

    private static readonly ArgumentSpec[] Index = [new(ArgumentKind.Integer, "index")];

    internal static readonly SampleFetch[] Rows =
    [
        Row("capture.req.hdr", "captured request header", (s, a, o, m, ref v) => Header(s, a[0].Number, true, ref v), Index),
        Row("capture.res.hdr", "captured response header", (s, a, o, m, ref v) => Header(s, a[0].Number, false, ref v), Index),
        Row("capture.req.method", "method, also in the response", (s, a, o, m, ref v) => Word(s, 0, ref v)),
        Row("capture.req.uri", "path and query of the request, also in the response", (s, a, o, m, ref v) => Target(s, ref v)),
        Row("capture.req.ver", "HTTP version, also in the response", (s, a, o, m, ref v) => Word(s, 2, ref v)),
        Row("capture.res.ver", "HTTP version of the response", (s, a, o, m, ref v) =>
        {
            if (s is not HttpStream http || http.Status <= 0 && !http.Rules.InResponse)
                return false;
            v.SetText(http.ResponseHead.MinorVersion == 0 ? "HTTP/1.0"u8 : "HTTP/1.1"u8);
            return true;
        }),
    ];
}
