// The sources of traces that there are. COMPAT: where HAProxy has the source, names of events are its names; those that stand for nothing
// here are left out.
namespace Baton.Engine.Traces;

public static class TraceSources
{
    private static readonly TraceLock[] s_ofConnections =
    [
        TraceLock.Backend,
        TraceLock.Connection,
        TraceLock.Frontend,
        TraceLock.Listener,
        TraceLock.Nothing,
        TraceLock.Server,
        TraceLock.Session,
        TraceLock.Thread,
        TraceLock.Own,
    ];

    private static readonly TraceLock[] s_ofSessions =
    [
        TraceLock.Connection,
        TraceLock.Frontend,
        TraceLock.Listener,
        TraceLock.Nothing,
        TraceLock.Session,
        TraceLock.Thread,
    ];

    public static readonly TraceSource Session = new(
        "session",
        "Client session",
        s_ofSessions,
        null,
        new("sess_new", "new session"),
        new("sess_end", "session terminated"),
        new("sess_err", "session refused")
    );

    public static readonly TraceSource H1 = new(
        "h1",
        "HTTP/1 multiplexer",
        s_ofConnections,
        new("h1s", "H1 stream"),
        new("h1c_new", "new H1 connection"),
        new("h1c_recv", "Rx on H1 connection"),
        new("h1c_send", "Tx on H1 connection"),
        new("h1c_end", "H1 connection terminated"),
        new("rx_headers", "receipt of H1 headers"),
        new("h1s_new", "new H1 stream"),
        new("h1s_end", "H1 stream terminated"),
        new("h1s_err", "error on H1 stream")
    );

    public static readonly TraceSource H2 = new(
        "h2",
        "HTTP/2 multiplexer",
        s_ofConnections,
        new("h2s", "H2 stream"),
        new("h2c_new", "new H2 connection"),
        new("h2c_recv", "Rx on H2 connection"),
        new("h2c_send", "Tx on H2 connection"),
        new("h2c_end", "H2 connection terminated"),
        new("h2c_err", "error on H2 connection"),
        new("rx_frame", "receipt of any H2 frame"),
        new("rx_data", "receipt of H2 DATA frame"),
        new("rx_hdr", "receipt of H2 HEADERS frame"),
        new("rx_prio", "receipt of H2 PRIORITY frame"),
        new("rx_rst", "receipt of H2 RST_STREAM frame"),
        new("rx_settings", "receipt of H2 SETTINGS frame"),
        new("rx_push", "receipt of H2 PUSH_PROMISE frame"),
        new("rx_ping", "receipt of H2 PING frame"),
        new("rx_goaway", "receipt of H2 GOAWAY frame"),
        new("rx_wu", "receipt of H2 WINDOW_UPDATE frame"),
        new("rx_cont", "receipt of H2 CONTINUATION frame"),
        new("tx_frame", "transmission of any H2 frame"),
        new("tx_data", "transmission of H2 DATA frame"),
        new("tx_hdr", "transmission of H2 HEADERS frame"),
        new("tx_prio", "transmission of H2 PRIORITY frame"),
        new("tx_rst", "transmission of H2 RST_STREAM frame"),
        new("tx_settings", "transmission of H2 SETTINGS frame"),
        new("tx_push", "transmission of H2 PUSH_PROMISE frame"),
        new("tx_ping", "transmission of H2 PING frame"),
        new("tx_goaway", "transmission of H2 GOAWAY frame"),
        new("tx_wu", "transmission of H2 WINDOW_UPDATE frame"),
        new("tx_cont", "transmission of H2 CONTINUATION frame"),
        new("h2s_new", "new H2 stream"),
        new("h2s_end", "H2 stream terminated"),
        new("h2s_err", "error on H2 stream")
    );

    public static readonly TraceSource Stream = new(
        "stream",
        "Applicative stream",
        [
            TraceLock.Backend,
            TraceLock.Frontend,
            TraceLock.Listener,
            TraceLock.Nothing,
            TraceLock.Server,
            TraceLock.Session,
            TraceLock.Own,
            TraceLock.Thread,
        ],
        new("stream", "lock on the stream that started the trace"),
        new("strm_new", "new stream"),
        new("strm_free", "release stream"),
        new("strm_err", "error during stream processing"),
        new("strm_ana", "rules and choice of a backend"),
        new("http_ana", "heads of requests and responses")
    );

    public static readonly TraceSource Check = new(
        "check",
        "Health-check",
        [TraceLock.Backend, TraceLock.Nothing, TraceLock.Own, TraceLock.Server, TraceLock.Thread],
        new("check", "lock on the check that started the trace"),
        new("hchck_start", "Health-check started"),
        new("hchck_end", "Health-check terminated"),
        new("hchck_succ", "Health-check success"),
        new("hchck_err", "Health-check failure")
    );

    public static readonly TraceSource Handover = new(
        "handover",
        "Reload: one process passing all to the next",
        [TraceLock.Nothing, TraceLock.Thread],
        null,
        new("hand_new", "conversation with another process"),
        new("hand_state", "state told or heard"),
        new("hand_accept", "the next process accepts connections"),
        new("hand_move", "connections moved"),
        new("hand_end", "conversation over"),
        new("hand_err", "handover failed")
    );

    public static readonly TraceSource[] All = [H2, H1, Stream, Check, Session, Handover];

    public static readonly TraceOrders Orders = new(All);

    /// <summary>What is wrong with the words of a line of the configuration; null for nothing. Nothing is changed.</summary>
    public static string? FaultIn(string[] words)
    {
        var answer = new System.Text.StringBuilder();
        var trial = new TraceOrders(System.Array.ConvertAll(All, static s => s.Fresh())) { IsTrial = true };
        return trial.Apply(words, answer)
            ?? (answer.Length > 0 && words[0] != "0" ? "a word and a value are expected behind the source" : null);
    }
}
