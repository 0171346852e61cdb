// Converters that look something up: map_MATCH[_OUTPUT] in map files and table_DATA in stick tables (manual of 3.4, chapter 7.3.1).
using System.Collections.Generic;
using Baton.Configuration.Expressions;

namespace Baton.Configuration.Catalog;

internal static class KnownLookupConverters
{
    private static readonly (string Match, SampleType Input, string Summary)[] Matches =
    [
        ("str", SampleType.String, "the text"),
        ("beg", SampleType.String, "the longest start of the text"),
        ("sub", SampleType.String, "a part of the text"),
        ("dir", SampleType.String, "a part of the text between slashes"),
        ("dom", SampleType.String, "a part of the text between dots"),
        ("end", SampleType.String, "the end of the text"),
        ("reg", SampleType.String, "a regex that matches the text"),
        ("int", SampleType.Integer, "the number or its range"),
        ("ip", SampleType.Address, "the longest network of the address"),
    ];

    private static readonly (string Output, SampleType Type, string Summary)[] Outputs =
    [
        ("", SampleType.String, ""),
        ("_str", SampleType.String, ""),
        ("_int", SampleType.Integer, ", as a number"),
        ("_ip", SampleType.Address, ", as an address"),
        ("_key", SampleType.String, ": the key that matched"),
    ];

    private static readonly (string Name, string Summary)[] TableData =
    [
        ("bytes_in_rate", "bytes in per period"),
        ("bytes_out_rate", "bytes out per period"),
        ("clr_gpc0", "clears the first general counter, returning its value"),
        ("clr_gpc1", "clears the second general counter, returning its value"),
        ("conn_cnt", "connections counted"),
        ("conn_cur", "connections open"),
        ("conn_rate", "connections per period"),
        ("glitch_cnt", "protocol glitches counted"),
        ("glitch_rate", "protocol glitches per period"),
        ("gpc0", "first general counter"),
        ("gpc0_rate", "increments of the first general counter per period"),
        ("gpc1", "second general counter"),
        ("gpc1_rate", "increments of the second general counter per period"),
        ("gpt0", "first general tag"),
        ("http_err_cnt", "client errors counted"),
        ("http_err_rate", "client errors per period"),
        ("http_fail_cnt", "server failures counted"),
        ("http_fail_rate", "server failures per period"),
        ("http_req_cnt", "requests counted"),
        ("http_req_rate", "requests per period"),
        ("inc_gpc0", "increments the first general counter, returning it"),
        ("inc_gpc1", "increments the second general counter, returning it"),
        ("kbytes_in", "kilobytes in"),
        ("kbytes_out", "kilobytes out"),
        ("server_id", "number of the server"),
        ("sess_cnt", "sessions counted"),
        ("sess_rate", "sessions per period"),
        ("trackers", "streams tracking the key"),
    ];

    internal static readonly KnownKeyword[] Rows = Expand();

    private static KnownKeyword[] Expand()
    {
        const string MapArguments = "file[,default]";
        var rows = new List<KnownKeyword>
        {
            Row("map", MapArguments, SampleType.String, SampleType.String, "map value for the text"),
            Row(
                "map_regm",
                MapArguments,
                SampleType.String,
                SampleType.String,
                "map value for a regex that matches the text, with its groups filled in"
            ),
            Row(
                "table_clr_gpc",
                "index[,table]",
                SampleType.Any,
                SampleType.Integer,
                "stick-table entry: clears a general counter, returning its value"
            ),
            Row(
                "table_expire",
                "table[,default]",
                SampleType.Any,
                SampleType.Integer,
                "stick-table entry: time until it expires, milliseconds"
            ),
            Row("table_gpc", "index[,table]", SampleType.Any, SampleType.Integer, "stick-table entry: general counter"),
            Row(
                "table_gpc_rate",
                "index[,table]",
                SampleType.Any,
                SampleType.Integer,
                "stick-table entry: increments of a general counter per period"
            ),
            Row("table_gpt", "index[,table]", SampleType.Any, SampleType.Integer, "stick-table entry: general tag"),
            Row(
                "table_idle",
                "table[,default]",
                SampleType.Any,
                SampleType.Integer,
                "stick-table entry: time since its last use, milliseconds"
            ),
            Row(
                "table_inc_gpc",
                "index[,table]",
                SampleType.Any,
                SampleType.Integer,
                "stick-table entry: increments a general counter, returning it"
            ),
        };
        foreach ((string match, SampleType input, string matched) in Matches)
        foreach ((string output, SampleType type, string how) in Outputs)
            rows.Add(Row($"map_{match}{output}", MapArguments, input, type, $"map value for {matched}{how}"));
        foreach ((string name, string summary) in TableData)
            rows.Add(Row("table_" + name, "[table]", SampleType.Any, SampleType.Integer, "stick-table entry: " + summary));
        return [.. rows];
    }

    private static KnownKeyword Row(string name, string arguments, SampleType input, SampleType output, string summary) =>
        new(KeywordFamily.Converter, name, arguments, SectionKinds.Proxies, KeywordStatus.Refused, summary)
        {
            Input = input,
            Output = output,
        };
}
