// Fetches of a stream's dates and timers (manual 7.3.3 and 8.4). A timer that has not begun has no value.
using System;
using System.Collections.Generic;
using Baton.Configuration.Expressions;
using Baton.Engine.Streams;

namespace Baton.Engine.Samples.Fetches;

internal static class TimerFetches
{
    private static SampleFetch Timer(string name, SampleNeeds needs, string summary, Func<ProxyStream, long> time) =>
        new()
        {
            Name = name,
            Output = SampleType.Integer,
            Needs = needs,
            Summary = summary,
            Evaluate = (s, a, o, m, ref v) =>
            {
                long ms = time(s);
                v.SetNumber(ms);
                return ms >= 0;
            },
        };

    private static string? CheckUnit(Argument[] a)
    {
        long scale = a[0].Absent
            ? 1
            : a[0].Text switch
            {
                "s" => 1,
                "ms" => 1000,
                "us" => 1_000_000,
                _ => 0,
            };
        if (scale == 0)
            return $"expects 's', 'ms' or 'us', got '{a[0].Text}'";
        a[0] = a[0] with { Number = scale };
        return null;
    }

    /// <summary>Since 1970, in the unit asked for; milliseconds are all that is known of it.</summary>
    private static SampleFetch Date(string name, SampleNeeds needs, string summary, Func<ProxyStream, long> wallMs) =>
        new()
        {
            Name = name,
            Output = SampleType.Integer,
            Needs = needs,
            Summary = summary,
            Arguments = [new(ArgumentKind.String, "unit", true)],
            Check = CheckUnit,
            Evaluate = (s, a, o, m, ref v) =>
            {
                v.SetNumber(wallMs(s) * a[0].Number / 1000);
                return true;
            },
        };

    internal static readonly SampleFetch[] Rows =
    [
        Date("accept_date", SampleNeeds.Client, "when the connection was accepted", s => s.Times.AcceptWallMs),
        Date("request_date", SampleNeeds.RequestLine, "when the request began", s =>
            s.Times.Begin >= 0 ? s.Times.BeginWallMs : s.Times.AcceptWallMs
        ),
        // no handshake comes before the session here
        Timer("fc.timer.handshake", SampleNeeds.Client, "time of handshakes, milliseconds", s => 0),
        Timer("fc.timer.total", SampleNeeds.Client, "time since the connection was accepted, milliseconds", StreamTimers.Total),
        Timer("bc.timer.connect", SampleNeeds.Server, "time to connect to the server, milliseconds", StreamTimers.Connect),
        Timer("req.timer.idle", SampleNeeds.RequestLine, "time before the first byte of the request, milliseconds", StreamTimers.Idle),
        Timer("req.timer.hdr", SampleNeeds.RequestLine, "time to receive the request's head, milliseconds", StreamTimers.Request),
        Timer(
            "req.timer.tq",
            SampleNeeds.RequestLine,
            "time before and during the request's head, milliseconds",
            StreamTimers.IdleAndRequest
        ),
        Timer("req.timer.queue", SampleNeeds.Server, "time in queues, milliseconds", StreamTimers.Queue),
        Timer("res.timer.hdr", SampleNeeds.ResponseLine, "time until the server's answer began, milliseconds", StreamTimers.Response),
        Timer("res.timer.data", SampleNeeds.ResponseLine, "time to transfer the response, milliseconds", StreamTimers.Data),
        Timer("txn.timer.total", SampleNeeds.Transaction, "time of the whole request, milliseconds", StreamTimers.Active),
        Timer("txn.timer.user", SampleNeeds.Transaction, "time as the client saw it, milliseconds", StreamTimers.User),
    ];
}
