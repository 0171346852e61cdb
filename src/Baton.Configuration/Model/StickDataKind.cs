// The rows of what a stick table can store: names, forms, arguments (manual, "stick-table").
using System;

namespace Baton.Configuration.Model;

/// <summary>What there is to know of a data type.</summary>
public sealed record StickDataKind(StickDataType Type, string Name, StickDataForm Form, bool IsArray = false)
{
    public bool IsRate => Form == StickDataForm.Rate;

    /// <summary>By number.</summary>
    public static readonly StickDataKind[] All =
    [
        new(StickDataType.ServerId, "server_id", StickDataForm.Number),
        new(StickDataType.Gpt0, "gpt0", StickDataForm.Number),
        new(StickDataType.Gpc0, "gpc0", StickDataForm.Number),
        new(StickDataType.Gpc0Rate, "gpc0_rate", StickDataForm.Rate),
        new(StickDataType.ConnCnt, "conn_cnt", StickDataForm.Number),
        new(StickDataType.ConnRate, "conn_rate", StickDataForm.Rate),
        new(StickDataType.ConnCur, "conn_cur", StickDataForm.Number),
        new(StickDataType.SessCnt, "sess_cnt", StickDataForm.Number),
        new(StickDataType.SessRate, "sess_rate", StickDataForm.Rate),
        new(StickDataType.HttpReqCnt, "http_req_cnt", StickDataForm.Number),
        new(StickDataType.HttpReqRate, "http_req_rate", StickDataForm.Rate),
        new(StickDataType.HttpErrCnt, "http_err_cnt", StickDataForm.Number),
        new(StickDataType.HttpErrRate, "http_err_rate", StickDataForm.Rate),
        new(StickDataType.BytesInCnt, "bytes_in_cnt", StickDataForm.LongNumber),
        new(StickDataType.BytesInRate, "bytes_in_rate", StickDataForm.Rate),
        new(StickDataType.BytesOutCnt, "bytes_out_cnt", StickDataForm.LongNumber),
        new(StickDataType.BytesOutRate, "bytes_out_rate", StickDataForm.Rate),
        new(StickDataType.Gpc1, "gpc1", StickDataForm.Number),
        new(StickDataType.Gpc1Rate, "gpc1_rate", StickDataForm.Rate),
        new(StickDataType.ServerKey, "server_key", StickDataForm.Text),
        new(StickDataType.HttpFailCnt, "http_fail_cnt", StickDataForm.Number),
        new(StickDataType.HttpFailRate, "http_fail_rate", StickDataForm.Rate),
        new(StickDataType.Gpt, "gpt", StickDataForm.Number, IsArray: true),
        new(StickDataType.Gpc, "gpc", StickDataForm.Number, IsArray: true),
        new(StickDataType.GpcRate, "gpc_rate", StickDataForm.Rate, IsArray: true),
        new(StickDataType.GlitchCnt, "glitch_cnt", StickDataForm.Number),
        new(StickDataType.GlitchRate, "glitch_rate", StickDataForm.Rate),
    ];

    public static StickDataKind Of(StickDataType type) => All[(int)type];

    /// <summary>Null when there is none of that name.</summary>
    public static StickDataKind? Find(ReadOnlySpan<char> name)
    {
        foreach (StickDataKind kind in All)
            if (name.SequenceEqual(kind.Name))
                return kind;
        return null;
    }
}
