// What fetches and converters can ask of an entry, by the words they share: "http_req_rate", "inc_gpc0", "kbytes_in".
using Baton.Configuration.Model;

namespace Baton.Engine.StickTables;

/// <param name="Name">As in sc_NAME, src_NAME and table_NAME.</param>
/// <param name="Rate">What an increment raises as well.</param>
/// <param name="IsIndexed">The first argument is a place in an array.</param>
internal sealed record StickValue(
    string Name,
    StickDataType Type,
    string Summary,
    StickValueUse Use = StickValueUse.Read,
    StickDataType Rate = StickDataType.GpcRate,
    bool IsIndexed = false
)
{
    /// <summary>The value of an entry, or 0 of none; false when the table does not store it.</summary>
    public bool TryGet(StickTableState table, in StickEntry entry, int index, long nowMs, out long value)
    {
        value = 0;
        if (!entry.IsSet)
            return true;
        switch (Use)
        {
            case StickValueUse.Increment:
                return table.TryAdd(entry, Type, Rate, index, 1, nowMs, out value);
            case StickValueUse.Clear:
                return table.TrySet(entry, Type, index, 0, nowMs, out value);
            default:
                bool has = table.TryRead(entry, Type, index, nowMs, out value);
                if (Use == StickValueUse.Kilobytes)
                    value >>= 10;
                return has;
        }
    }

    /// <summary>Everything that sc_ and src_ know, and table_ too where it says so.</summary>
    public static readonly StickValue[] All =
    [
        new("bytes_in_rate", StickDataType.BytesInRate, "bytes in per period"),
        new("bytes_out_rate", StickDataType.BytesOutRate, "bytes out per period"),
        new("clr_gpc", StickDataType.Gpc, "clears a general counter, returning its value", StickValueUse.Clear, IsIndexed: true),
        new("clr_gpc0", StickDataType.Gpc0, "clears the first general counter, returning its value", StickValueUse.Clear),
        new("clr_gpc1", StickDataType.Gpc1, "clears the second general counter, returning its value", StickValueUse.Clear),
        new("conn_cnt", StickDataType.ConnCnt, "connections counted"),
        new("conn_cur", StickDataType.ConnCur, "connections open"),
        new("conn_rate", StickDataType.ConnRate, "connections per period"),
        new("get_gpc", StickDataType.Gpc, "general counter", IsIndexed: true),
        new("get_gpc0", StickDataType.Gpc0, "first general counter"),
        new("get_gpc1", StickDataType.Gpc1, "second general counter"),
        new("get_gpt", StickDataType.Gpt, "general tag", IsIndexed: true),
        new("get_gpt0", StickDataType.Gpt0, "first general tag"),
        new("glitch_cnt", StickDataType.GlitchCnt, "protocol glitches counted"),
        new("glitch_rate", StickDataType.GlitchRate, "protocol glitches per period"),
        new("gpc0_rate", StickDataType.Gpc0Rate, "increments of the first general counter per period"),
        new("gpc1_rate", StickDataType.Gpc1Rate, "increments of the second general counter per period"),
        new("gpc_rate", StickDataType.GpcRate, "increments of a general counter per period", IsIndexed: true),
        new("http_err_cnt", StickDataType.HttpErrCnt, "client errors counted"),
        new("http_err_rate", StickDataType.HttpErrRate, "client errors per period"),
        new("http_fail_cnt", StickDataType.HttpFailCnt, "server failures counted"),
        new("http_fail_rate", StickDataType.HttpFailRate, "server failures per period"),
        new("http_req_cnt", StickDataType.HttpReqCnt, "requests counted"),
        new("http_req_rate", StickDataType.HttpReqRate, "requests per period"),
        new(
            "inc_gpc",
            StickDataType.Gpc,
            "increments a general counter, returning it",
            StickValueUse.Increment,
            StickDataType.GpcRate,
            IsIndexed: true
        ),
        new(
            "inc_gpc0",
            StickDataType.Gpc0,
            "increments the first general counter, returning it",
            StickValueUse.Increment,
            StickDataType.Gpc0Rate
        ),
        new(
            "inc_gpc1",
            StickDataType.Gpc1,
            "increments the second general counter, returning it",
            StickValueUse.Increment,
            StickDataType.Gpc1Rate
        ),
        new("kbytes_in", StickDataType.BytesInCnt, "kilobytes in", StickValueUse.Kilobytes),
        new("kbytes_out", StickDataType.BytesOutCnt, "kilobytes out", StickValueUse.Kilobytes),
        new("sess_cnt", StickDataType.SessCnt, "sessions counted"),
        new("sess_rate", StickDataType.SessRate, "sessions per period"),
    ];
}
