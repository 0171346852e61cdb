// What a stick table can store (manual of 3.4, chapter 11.1).
namespace Baton.Configuration.Catalog;

internal static class KnownTableData
{
    private static KnownKeyword Row(string name, string arguments, string summary) =>
        new(KeywordFamily.TableData, name, arguments, SectionKinds.NamedProxies | SectionKinds.Peers, KeywordStatus.Refused, summary);

    internal static readonly KnownKeyword[] Rows =
    [
        Row("bytes_in_cnt", "", "bytes in"),
        Row("bytes_in_rate", "(period)", "bytes in per period"),
        Row("bytes_out_cnt", "", "bytes out"),
        Row("bytes_out_rate", "(period)", "bytes out per period"),
        Row("conn_cnt", "", "connections counted"),
        Row("conn_cur", "", "connections open"),
        Row("conn_rate", "(period)", "connections per period"),
        Row("glitch_cnt", "", "protocol glitches counted"),
        Row("glitch_rate", "(period)", "protocol glitches per period"),
        Row("gpc", "(number)", "general counters"),
        Row("gpc_rate", "(number,period)", "increments of general counters per period"),
        Row("gpc0", "", "first general counter"),
        Row("gpc0_rate", "(period)", "increments of the first general counter per period"),
        Row("gpc1", "", "second general counter"),
        Row("gpc1_rate", "(period)", "increments of the second general counter per period"),
        Row("gpt", "(number)", "general tags"),
        Row("gpt0", "", "first general tag"),
        Row("http_err_cnt", "", "client errors counted"),
        Row("http_err_rate", "(period)", "client errors per period"),
        Row("http_fail_cnt", "", "server failures counted"),
        Row("http_fail_rate", "(period)", "server failures per period"),
        Row("http_req_cnt", "", "requests counted"),
        Row("http_req_rate", "(period)", "requests per period"),
        Row("server_id", "", "number of the server"),
        Row("server_key", "", "key of the server"),
        Row("sess_cnt", "", "sessions counted"),
        Row("sess_rate", "(period)", "sessions per period"),
    ];
}
