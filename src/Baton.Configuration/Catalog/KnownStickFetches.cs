// Sample fetches of stick counters (manual of 3.4, chapter 7.3.3): the same data of the counters sc0, sc1, sc2, of a counter by
// number (sc_), and of the client's address in a table (src_).
using System.Collections.Generic;
using Baton.Configuration.Expressions;

namespace Baton.Configuration.Catalog;

internal static class KnownStickFetches
{
    /// <summary>Plain: data of the entry; Indexed: one of several counters; Key: takes no table; Tracking: of stick counters
    /// only.</summary>
    private enum Shape : byte
    {
        Plain,
        Indexed,
        Key,
        Tracking,
    }

    private static KnownKeyword[] Expand()
    {
        var rows = new List<KnownKeyword>();
        foreach ((string name, SampleType output, string summary, Shape shape) in Data)
        {
            string index = shape == Shape.Indexed ? "index," : "";
            for (int counter = 0; counter < 3; counter++)
                rows.Add(
                    Row(
                        $"sc{counter}_{name}",
                        shape == Shape.Key ? ""
                            : shape == Shape.Indexed ? "index[,table]"
                            : "[table]",
                        output,
                        $"stick counter {counter}: {summary}"
                    )
                );
            rows.Add(Row("sc_" + name, shape == Shape.Key ? "counter" : index + "counter[,table]", output, $"stick counter: {summary}"));
            if (shape is Shape.Plain or Shape.Indexed)
                rows.Add(Row("src_" + name, shape == Shape.Indexed ? "index[,table]" : "[table]", output, $"client's address: {summary}"));
        }
        return [.. rows];
    }

    private static KnownKeyword Row(string name, string arguments, SampleType output, string summary) =>
        new(KeywordFamily.SampleFetch, name, arguments, SectionKinds.Proxies, KeywordStatus.Refused, summary) { Output = output };

    private static readonly (string Name, SampleType Output, string Summary, Shape Shape)[] Data =
    [
        ("bytes_in_rate", SampleType.Integer, "bytes in per period", Shape.Plain),
        ("bytes_out_rate", SampleType.Integer, "bytes out per period", Shape.Plain),
        ("clr_gpc", SampleType.Integer, "clears a general counter, returning its value", Shape.Indexed),
        ("clr_gpc0", SampleType.Integer, "clears the first general counter, returning its value", Shape.Plain),
        ("clr_gpc1", SampleType.Integer, "clears the second general counter, returning its value", Shape.Plain),
        ("conn_cnt", SampleType.Integer, "connections counted", Shape.Plain),
        ("conn_cur", SampleType.Integer, "connections open", Shape.Plain),
        ("conn_rate", SampleType.Integer, "connections per period", Shape.Plain),
        ("get_gpc", SampleType.Integer, "general counter", Shape.Indexed),
        ("get_gpc0", SampleType.Integer, "first general counter", Shape.Plain),
        ("get_gpc1", SampleType.Integer, "second general counter", Shape.Plain),
        ("get_gpt", SampleType.Integer, "general tag", Shape.Indexed),
        ("get_gpt0", SampleType.Integer, "first general tag", Shape.Plain),
        ("glitch_cnt", SampleType.Integer, "protocol glitches counted", Shape.Plain),
        ("glitch_rate", SampleType.Integer, "protocol glitches per period", Shape.Plain),
        ("gpc0_rate", SampleType.Integer, "increments of the first general counter per period", Shape.Plain),
        ("gpc1_rate", SampleType.Integer, "increments of the second general counter per period", Shape.Plain),
        ("gpc_rate", SampleType.Integer, "increments of a general counter per period", Shape.Indexed),
        ("http_err_cnt", SampleType.Integer, "client errors counted", Shape.Plain),
        ("http_err_rate", SampleType.Integer, "client errors per period", Shape.Plain),
        ("http_fail_cnt", SampleType.Integer, "server failures counted", Shape.Plain),
        ("http_fail_rate", SampleType.Integer, "server failures per period", Shape.Plain),
        ("http_req_cnt", SampleType.Integer, "requests counted", Shape.Plain),
        ("http_req_rate", SampleType.Integer, "requests per period", Shape.Plain),
        ("inc_gpc", SampleType.Integer, "increments a general counter, returning it", Shape.Indexed),
        ("inc_gpc0", SampleType.Integer, "increments the first general counter, returning it", Shape.Plain),
        ("inc_gpc1", SampleType.Integer, "increments the second general counter, returning it", Shape.Plain),
        ("kbytes_in", SampleType.Integer, "kilobytes in", Shape.Plain),
        ("kbytes_out", SampleType.Integer, "kilobytes out", Shape.Plain),
        ("key", SampleType.Any, "key that is tracked", Shape.Key),
        ("sess_cnt", SampleType.Integer, "sessions counted", Shape.Plain),
        ("sess_rate", SampleType.Integer, "sessions per period", Shape.Plain),
        ("tracked", SampleType.Bool, "whether a key is tracked", Shape.Tracking),
        ("trackers", SampleType.Integer, "streams tracking the key", Shape.Tracking),
    ];

    internal static readonly KnownKeyword[] Rows = Expand();
}
