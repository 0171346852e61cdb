// Fetches of how a stream stands: its server, retries, termination, time-outs in force, bytes, and the last rule that
// decided something (manual 7.3.2 and 7.3.3).
using System;
using System.Collections.Generic;
using System.Text;
using Baton.Configuration.Expressions;
using Baton.Configuration.Model;
using Baton.Engine.Servers;
using Baton.Engine.Streams;

namespace Baton.Engine.Samples.Fetches;

internal static class StreamFetches
{
    private static bool Text(string text, Span<byte> scratch, ref SampleValue v)
    {
        int n = Encoding.UTF8.GetBytes(text.AsSpan(0, Math.Min(text.Length, scratch.Length / 3)), scratch);
        v.SetText(scratch[..n]);
        return true;
    }

    private static bool LastRule(ProxyStream s, bool line, Span<byte> m, ref SampleValue v)
    {
        if (s.LastRule is not { } rule)
            return false;
        if (!line)
            return Text(rule.Position.File, m, ref v);
        v.SetNumber(rule.Position.Line);
        return true;
    }

    private static bool Termination(ProxyStream s, Span<byte> m, ref SampleValue v)
    {
        m[0] = s.Cause == TerminationCause.None ? (byte)'-' : (byte)s.Cause;
        m[1] = s.Phase == TerminationPhase.None ? (byte)'-' : (byte)s.Phase;
        v.SetText(m[..2]);
        return true;
    }

    /// <summary>A dispatch address is no server.</summary>
    private static ServerState? ServerOf(ProxyStream s) => s.Server == s.Backend?.Dispatch ? null : s.Server;

    private static SampleFetch Row(string name, SampleType output, SampleNeeds needs, string summary, FetchFunction f) =>
        new()
        {
            Name = name,
            Output = output,
            Needs = needs,
            Summary = summary,
            Evaluate = f,
        };

    private static SampleFetch Number(string name, SampleNeeds needs, string summary, Func<ProxyStream, long> number) =>
        Row(name, SampleType.Integer, needs, summary, (s, a, o, m, ref v) =>
        {
            v.SetNumber(number(s));
            return true;
        });

    private delegate int TimeoutOf(in TimeoutsConfig timeouts);

    /// <summary>Milliseconds; COMPAT: 0 for a time-out that is not set.</summary>
    private static SampleFetch OfFrontend(string name, string summary, TimeoutOf which) =>
        Number(name, SampleNeeds.Frontend, summary, s => Math.Max(0, which(s.Frontend.Config.Timeouts)));

    private static SampleFetch OfBackend(string name, string summary, TimeoutOf which) =>
        Number(name, SampleNeeds.Backend, summary, s => s.Backend is { } b ? Math.Max(0, which(b.Config.Timeouts)) : 0);

    private static SampleFetch InForce(string name, string summary, TimeoutOf which) =>
        Number(name, SampleNeeds.Backend, summary, s => s.Backend is null ? 0 : Math.Max(0, which(s.BackendTimeouts)));

    internal static readonly SampleFetch[] Rows =
    [
        Row("srv_id", SampleType.Integer, SampleNeeds.Server, "number of the server", (s, a, o, m, ref v) =>
        {
            v.SetNumber(ServerOf(s)?.Id ?? 0);
            return ServerOf(s) is not null;
        }),
        Row("srv_name", SampleType.String, SampleNeeds.Server, "name of the server", (s, a, o, m, ref v) =>
            ServerOf(s) is { } server && Text(server.Name, m, ref v)
        ),
        Row("fe_defbe", SampleType.String, SampleNeeds.Frontend, "default backend of the frontend", (s, a, o, m, ref v) =>
            s.Frontend.DefaultBackend is { } b && Text(b.Name, m, ref v)
        ),
        Row("last_rule_file", SampleType.String, SampleNeeds.None, "file of the last final rule that matched", (s, a, o, m, ref v) =>
            LastRule(s, false, m, ref v)
        ),
        Row("last_rule_line", SampleType.Integer, SampleNeeds.None, "line of the last final rule that matched", (s, a, o, m, ref v) =>
            LastRule(s, true, m, ref v)
        ),
        Row("txn.sess_term_state", SampleType.String, SampleNeeds.Transaction, "termination state of the stream", (s, a, o, m, ref v) =>
            Termination(s, m, ref v)
        ),
        Row("txn.redispatched", SampleType.Bool, SampleNeeds.Server, "the stream went to another server", (s, a, o, m, ref v) =>
        {
            v.SetBool(s.Connecting.IsRedispatched);
            return true;
        }),
        Number("txn.conn_retries", SampleNeeds.Server, "connections tried again", s => s.Connecting.Retries),
        Number("txn.id32", SampleNeeds.None, "number of the transaction, as %rt shows it", s => s.Number),
        Number("txn.status", SampleNeeds.Transaction, "status as the log shows it", s => (s as HttpStream)?.Status ?? 0),
        Row("server_status", SampleType.Integer, SampleNeeds.ResponseLine, "status as the server gave it", (s, a, o, m, ref v) =>
        {
            int status = (s as HttpStream)?.ResponseSide.ServerStatus ?? 0;
            v.SetNumber(status);
            return status > 0;
        }),
        Number("bc_be_queue", SampleNeeds.Server, "streams that were ahead in the backend's queue", s => s.Choice.BackendQueuePosition),
        Number("bc_srv_queue", SampleNeeds.Server, "streams that were ahead in the server's queue", s => s.Choice.ServerQueuePosition),
        Number("bytes_in", SampleNeeds.None, "bytes from the client", s => s.BytesFromClient),
        Number("bytes_out", SampleNeeds.None, "bytes to the client", s => s.BytesToClient),
        Row("internal.strm.is_htx", SampleType.Bool, SampleNeeds.None, "the stream carries HTTP", (s, a, o, m, ref v) =>
        {
            v.SetBool(s.IsHttp);
            return true;
        }),
        // true to what it is: no listener speaks QUIC here
        Row("quic_enabled", SampleType.Bool, SampleNeeds.None, "QUIC listeners work", (s, a, o, m, ref v) =>
        {
            v.SetBool(false);
            return true;
        }),
        Number("tgroup", SampleNeeds.None, "number of the thread group", s => 1),
        OfFrontend("fe_client_timeout", "client time-out of the frontend, milliseconds", static (in t) => t.Client),
        OfFrontend("fe_tarpit_timeout", "tarpit time-out of the frontend, milliseconds", static (in t) => t.Tarpit),
        OfBackend("be_connect_timeout", "connect time-out of the backend, milliseconds", static (in t) => t.Connect),
        OfBackend("be_queue_timeout", "queue time-out of the backend, milliseconds", static (in t) => t.Queue),
        OfBackend("be_server_timeout", "server time-out of the backend, milliseconds", static (in t) => t.Server),
        OfBackend("be_tarpit_timeout", "tarpit time-out of the backend, milliseconds", static (in t) => t.Tarpit),
        OfBackend("be_tunnel_timeout", "tunnel time-out of the backend, milliseconds", static (in t) => t.Tunnel),
        Number("cur_client_timeout", SampleNeeds.Frontend, "client time-out in force, milliseconds", s =>
            Math.Max(0, s.FrontendTimeouts.Client)
        ),
        InForce("cur_server_timeout", "server time-out in force, milliseconds", static (in t) => t.Server),
        InForce("cur_tunnel_timeout", "tunnel time-out in force, milliseconds", static (in t) => t.Tunnel),
        InForce("cur_connect_timeout", "connect time-out in force, milliseconds", static (in t) => t.Connect),
        InForce("cur_queue_timeout", "queue time-out in force, milliseconds", static (in t) => t.Queue),
        InForce("cur_tarpit_timeout", "tarpit time-out in force, milliseconds", static (in t) => t.Tarpit),
    ];
}
