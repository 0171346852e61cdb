// The columns of "show stat", in the order of HAProxy 2.6; those of 3.x that 2.6 does not have come behind them.
using System;

namespace Baton.Control.Cli;

internal static class StatisticsColumns
{
    /// <summary>Behind this column the CSV form has a column "-" that separates the columns of modules.</summary>
    public const string LastOfCore = "agg_check_status";

    /// <summary>Numbers of columns by where their names lead, each plus one; what leads to the same place stands behind it.</summary>
    private static readonly short[] s_places = new short[Places];

    private const int Places = 1024;

    static StatisticsColumns()
    {
        for (int i = 0; i < All.Length; i++)
        {
            int at = PlaceOf(All[i].Name);
            while (s_places[at] != 0)
                at = (at + 1) % Places;
            s_places[at] = (short)(i + 1);
        }
    }

    private static int PlaceOf(string name) => (name.Length * 31 + name[0] * 7 + name[^1] * 131 + name[name.Length / 2] * 17) % Places;

    /// <summary>PERF: cells are set by name, some forty for each row, and a dictionary's hash is a fifth of "show stat".</summary>
    public static int IndexOf(string name)
    {
        for (int at = PlaceOf(name); s_places[at] is not 0 and var number; at = (at + 1) % Places)
            if (All[number - 1].Name == name)
                return number - 1;
        throw new ArgumentException($"no column {name}", nameof(name));
    }

    public static readonly TypedField[] All =
    [
        new("pxname", "KNS", ValueKind.Text, "name of the proxy"),
        new("svname", "KNS", ValueKind.Text, "FRONTEND, BACKEND, or the name of the server or listener"),
        new("qcur", "MGP", ValueKind.Unsigned, "streams waiting in the queue now"),
        new("qmax", "MMP", ValueKind.Unsigned, "most streams ever waiting in the queue"),
        new("scur", "MGP", ValueKind.Unsigned, "sessions now"),
        new("smax", "MMP", ValueKind.Unsigned, "most sessions at a time so far"),
        new("slim", "CLP", ValueKind.Unsigned, "session limit: maxconn, or a backend's fullconn"),
        new("stot", "MCP", ValueKind.Unsigned64, "sessions since the start"),
        new("bin", "MCP", ValueKind.Unsigned64, "request bytes since the start"),
        new("bout", "MCP", ValueKind.Unsigned64, "response bytes since the start"),
        new("dreq", "MCP", ValueKind.Unsigned64, "requests denied by rules"),
        new("dresp", "MCP", ValueKind.Unsigned64, "responses denied by rules"),
        new("ereq", "MCP", ValueKind.Unsigned64, "requests that were invalid or not completed"),
        new("econ", "MCP", ValueKind.Unsigned64, "failed attempts to connect to a server"),
        new("eresp", "MCP", ValueKind.Unsigned64, "invalid or incomplete responses"),
        new("wretr", "MCP", ValueKind.Unsigned64, "connection attempts repeated on the same server"),
        new("wredis", "MCP", ValueKind.Unsigned64, "streams sent to another server after a failure"),
        new("status", "SGP", ValueKind.Text, "state of the object"),
        new("weight", "MaP", ValueKind.Unsigned, "weight in effect; a backend's is the sum of what is used"),
        new("act", "SGP", ValueKind.Unsigned, "1 for an active server; usable active servers of a backend") { BackendTag = "MGP" },
        new("bck", "SGP", ValueKind.Unsigned, "1 for a backup server; usable backup servers of a backend") { BackendTag = "MGP" },
        new("chkfail", "MCP", ValueKind.Unsigned64, "failed health checks"),
        new("chkdown", "MCP", ValueKind.Unsigned64, "changes from up to down"),
        new("lastchg", "MAP", ValueKind.Unsigned, "seconds since the state last changed"),
        new("downtime", "MCP", ValueKind.Unsigned, "seconds spent down"),
        new("qlimit", "CLS", ValueKind.Unsigned, "the server's maxqueue"),
        new("pid", "KGP", ValueKind.Unsigned, "process number, always 1"),
        new("iid", "KGS", ValueKind.Unsigned, "number of the proxy"),
        new("sid", "KGS", ValueKind.Unsigned, "number of the server or listener in its proxy"),
        new("throttle", "MaP", ValueKind.Unsigned, "percentage of the weight while a server warms up"),
        new("lbtot", "MCP", ValueKind.Unsigned64, "times chosen by load balancing"),
        new("tracked", "CNS", ValueKind.Text, "server whose state is followed"),
        new("type", "CGS", ValueKind.Unsigned, "0 frontend, 1 backend, 2 server, 3 listener"),
        new("rate", "MRP", ValueKind.Unsigned, "sessions over the last second") { BackendTag = "MGP" },
        new("rate_lim", "CLP", ValueKind.Unsigned, "limit of new sessions per second"),
        new("rate_max", "MMP", ValueKind.Unsigned, "most new sessions in a second") { BackendTag = "MGP" },
        new("check_status", "MGP", ValueKind.Text, "result of the last health check"),
        new("check_code", "MGP", ValueKind.Unsigned, "layer 5-7 code of the last health check"),
        new("check_duration", "MGP", ValueKind.Unsigned64, "milliseconds the last health check took"),
        new("hrsp_1xx", "MCP", ValueKind.Unsigned64, "responses of status 100 to 199"),
        new("hrsp_2xx", "MCP", ValueKind.Unsigned64, "responses of status 200 to 299"),
        new("hrsp_3xx", "MCP", ValueKind.Unsigned64, "responses of status 300 to 399"),
        new("hrsp_4xx", "MCP", ValueKind.Unsigned64, "responses of status 400 to 499"),
        new("hrsp_5xx", "MCP", ValueKind.Unsigned64, "responses of status 500 to 599"),
        new("hrsp_other", "MCP", ValueKind.Unsigned64, "responses of any other status"),
        new("hanafail", "SGP", ValueKind.Text, "details of failed health checks"),
        new("req_rate", "MRP", ValueKind.Unsigned, "HTTP requests over the last second"),
        new("req_rate_max", "MMP", ValueKind.Unsigned, "most HTTP requests in a second"),
        new("req_tot", "MCP", ValueKind.Unsigned64, "HTTP requests since the start"),
        new("cli_abrt", "MCP", ValueKind.Unsigned64, "transfers given up by the client"),
        new("srv_abrt", "MCP", ValueKind.Unsigned64, "transfers given up by the server"),
        new("comp_in", "MCP", ValueKind.Unsigned64, "bytes given to the compressor"),
        new("comp_out", "MCP", ValueKind.Unsigned64, "bytes that came from the compressor"),
        new("comp_byp", "MCP", ValueKind.Unsigned64, "bytes that were not compressed for lack of resources"),
        new("comp_rsp", "MCP", ValueKind.Unsigned64, "compressed responses"),
        new("lastsess", "MAP", ValueKind.Signed, "seconds since the last session, -1 for never"),
        new("last_chk", "SGP", ValueKind.Text, "text of the last health check"),
        new("last_agt", "SGP", ValueKind.Text, "text of the last agent check"),
        new("qtime", "MaP", ValueKind.Unsigned, "mean milliseconds in the queue, over the last 1024 streams"),
        new("ctime", "MaP", ValueKind.Unsigned, "mean milliseconds to connect, over the last 1024 streams"),
        new("rtime", "MaP", ValueKind.Unsigned, "mean milliseconds to the response, over the last 1024 streams"),
        new("ttime", "MaP", ValueKind.Unsigned, "mean milliseconds in total, over the last 1024 streams"),
        new("agent_status", "MGP", ValueKind.Text, "result of the last agent check"),
        new("agent_code", "MGP", ValueKind.Unsigned, "code of the last agent check"),
        new("agent_duration", "MGP", ValueKind.Unsigned64, "milliseconds the last agent check took"),
        new("check_desc", "MGP", ValueKind.Text, "the last health check in words"),
        new("agent_desc", "MGP", ValueKind.Text, "the last agent check in words"),
        new("check_rise", "CGP", ValueKind.Unsigned, "successes that bring the server up"),
        new("check_fall", "CGP", ValueKind.Unsigned, "failures that bring the server down"),
        new("check_health", "MGP", ValueKind.Unsigned, "health points, up from rise on"),
        new("agent_rise", "CGP", ValueKind.Unsigned, "agent successes that bring the server up"),
        new("agent_fall", "CGP", ValueKind.Unsigned, "agent failures that bring the server down"),
        new("agent_health", "MGP", ValueKind.Unsigned, "agent's health points"),
        new("addr", "CGS", ValueKind.Text, "address and port"),
        new("cookie", "CNS", ValueKind.Text, "cookie value of the server, cookie name of the backend"),
        new("mode", "CGS", ValueKind.Text, "tcp or http"),
        new("algo", "CGS", ValueKind.Text, "balancing algorithm"),
        new("conn_rate", "MRP", ValueKind.Unsigned, "connections over the last second"),
        new("conn_rate_max", "MMP", ValueKind.Unsigned, "most connections in a second"),
        new("conn_tot", "MCP", ValueKind.Unsigned64, "connections since the start"),
        new("intercepted", "MCP", ValueKind.Unsigned64, "requests answered without a server"),
        new("dcon", "MCP", ValueKind.Unsigned64, "connections refused by tcp-request connection rules"),
        new("dses", "MCP", ValueKind.Unsigned64, "connections refused by tcp-request session rules"),
        new("wrew", "MCP", ValueKind.Unsigned64, "failed header rewrites"),
        new("connect", "MCP", ValueKind.Unsigned64, "attempts to connect to a server"),
        new("reuse", "MCP", ValueKind.Unsigned64, "server connections used again"),
        new("cache_lookups", "MCP", ValueKind.Unsigned64, "look-ups in the cache"),
        new("cache_hits", "MCP", ValueKind.Unsigned64, "look-ups that found something"),
        new("srv_icur", "MGP", ValueKind.Unsigned, "idle server connections"),
        new("src_ilim", "CLP", ValueKind.Unsigned, "limit of idle server connections"),
        new("qtime_max", "MMP", ValueKind.Unsigned, "longest time in the queue, milliseconds"),
        new("ctime_max", "MMP", ValueKind.Unsigned, "longest time to connect, milliseconds"),
        new("rtime_max", "MMP", ValueKind.Unsigned, "longest time to the response, milliseconds"),
        new("ttime_max", "MMP", ValueKind.Unsigned, "longest time in total, milliseconds"),
        new("eint", "MCP", ValueKind.Unsigned64, "internal errors"),
        new("idle_conn_cur", "MGP", ValueKind.Unsigned, "idle connections not yet proven to be reusable"),
        new("safe_conn_cur", "MGP", ValueKind.Unsigned, "idle connections proven to be reusable"),
        new("used_conn_cur", "MGP", ValueKind.Unsigned, "server connections in use"),
        new("need_conn_est", "MGP", ValueKind.Unsigned, "estimate of the connections needed"),
        new("uweight", "MaP", ValueKind.Unsigned, "weight as configured or set by an operator"),
        new("agg_server_status", "MGP", ValueKind.Unsigned, "sum of the servers' states"),
        new("agg_server_check_status", "MGP", ValueKind.Unsigned, "sum of the servers' check states"),
        new("agg_check_status", "MGP", ValueKind.Unsigned, "sum of the check results"),
        new("ssl_sess", "MCP", ValueKind.Unsigned64, "TLS sessions"),
        new("ssl_reused_sess", "MCP", ValueKind.Unsigned64, "TLS sessions resumed"),
        new("ssl_failed_handshake", "MCP", ValueKind.Unsigned64, "failed TLS handshakes"),
        new("h2_headers_rcvd", "MCP", ValueKind.Unsigned64, "HTTP/2 HEADERS frames received"),
        new("h2_data_rcvd", "MCP", ValueKind.Unsigned64, "HTTP/2 DATA frames received"),
        new("h2_settings_rcvd", "MCP", ValueKind.Unsigned64, "HTTP/2 SETTINGS frames received"),
        new("h2_rst_stream_rcvd", "MCP", ValueKind.Unsigned64, "HTTP/2 RST_STREAM frames received"),
        new("h2_goaway_rcvd", "MCP", ValueKind.Unsigned64, "HTTP/2 GOAWAY frames received"),
        new("h2_detected_conn_protocol_errors", "MCP", ValueKind.Unsigned64, "HTTP/2 connection errors found"),
        new("h2_detected_strm_protocol_errors", "MCP", ValueKind.Unsigned64, "HTTP/2 stream errors found"),
        new("h2_rst_stream_resp", "MCP", ValueKind.Unsigned64, "HTTP/2 RST_STREAM frames sent"),
        new("h2_goaway_resp", "MCP", ValueKind.Unsigned64, "HTTP/2 GOAWAY frames sent"),
        new("h2_open_connections", "MGP", ValueKind.Unsigned64, "HTTP/2 connections now"),
        new("h2_backend_open_streams", "MGP", ValueKind.Unsigned64, "HTTP/2 streams now"),
        new("h2_total_connections", "MCP", ValueKind.Unsigned64, "HTTP/2 connections since the start"),
        new("h2_backend_total_streams", "MCP", ValueKind.Unsigned64, "HTTP/2 streams since the start"),
        new("h1_open_connections", "MGP", ValueKind.Unsigned64, "HTTP/1 connections now"),
        new("h1_open_streams", "MGP", ValueKind.Unsigned64, "HTTP/1 streams now"),
        new("h1_total_connections", "MCP", ValueKind.Unsigned64, "HTTP/1 connections since the start"),
        new("h1_total_streams", "MCP", ValueKind.Unsigned64, "HTTP/1 streams since the start"),
        new("h1_bytes_in", "MCP", ValueKind.Unsigned64, "HTTP/1 bytes received"),
        new("h1_bytes_out", "MCP", ValueKind.Unsigned64, "HTTP/1 bytes sent"),
        new("h1_spliced_bytes_in", "MCP", ValueKind.Unsigned64, "HTTP/1 bytes received by splicing"),
        new("h1_spliced_bytes_out", "MCP", ValueKind.Unsigned64, "HTTP/1 bytes sent by splicing"),
        new("srid", "KGS", ValueKind.Unsigned, "revision of the server's number"),
        new("sess_other", "MCP", ValueKind.Unsigned64, "sessions of protocols other than HTTP/1, 2 and 3"),
        new("h1sess", "MCP", ValueKind.Unsigned64, "HTTP/1 sessions"),
        new("h2sess", "MCP", ValueKind.Unsigned64, "HTTP/2 sessions"),
        new("h3sess", "MCP", ValueKind.Unsigned64, "HTTP/3 sessions"),
        new("req_other", "MCP", ValueKind.Unsigned64, "requests of protocols other than HTTP/1, 2 and 3"),
        new("h1req", "MCP", ValueKind.Unsigned64, "HTTP/1 requests"),
        new("h2req", "MCP", ValueKind.Unsigned64, "HTTP/2 requests"),
        new("h3req", "MCP", ValueKind.Unsigned64, "HTTP/3 requests"),
    ];
}
