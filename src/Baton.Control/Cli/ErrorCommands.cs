// show errors: the last malformed request of each frontend and the last malformed response of each backend.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using Baton.Configuration.Model;
using Baton.Engine.Loop;
using Baton.Engine.Proxies;
using Baton.Http.H1;

namespace Baton.Control.Cli;

internal static class ErrorCommands
{
    private const string TimeFormat = "dd/MMM/yyyy:HH:mm:ss.fff";

    /// <summary>show errors [PROXY|ID] [request|response]; an id below 0 stands for all.</summary>
    private static IEnumerable<Worker> Show(CliRequest r)
    {
        int id = -1;
        if (r[2].Length > 0 && !r.FindProxyId(r[2], out id))
            yield break;
        r.Answer.Append(CultureInfo.InvariantCulture, $"Total events captured on [{Time(r.Home!.WallClockMs)}] : {r.Engine.ErrorEvents}\n");
        foreach ((ProxyConfig proxy, FrontendState? frontend, BackendState? backend) in r.Engine.Proxies())
        {
            if (r[3] != "response" && frontend is not null)
                Append(r.Answer, id, proxy, frontend.MalformedRequest, response: false);
            if (r[3] != "request" && backend is not null)
                Append(r.Answer, id, proxy, backend.MalformedResponse, response: true);
            yield return r.Home!;
        }
    }

    private static string Time(long wallClockMs) =>
        DateTimeOffset.FromUnixTimeMilliseconds(wallClockMs).LocalDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture);

    /// <summary>COMPAT: HAProxy's lines, position for position; the flags are bits of its own structures, which there are none of
    /// here.</summary>
    private static void Append(StringBuilder a, int id, ProxyConfig proxy, MalformedMessage last, bool response)
    {
        if (!last.TryRead(out MalformedFacts facts, out byte[] message))
            return;
        // a response concerns the frontend it was for as well
        if (id > 0 && proxy.Id != id && (!response || facts.FrontendId != id))
            return;
        a.Append(
            CultureInfo.InvariantCulture,
            $" \n[{Time(facts.WallClockMs)}] {(response ? "backend" : "frontend")} {proxy.Name} (#{proxy.Id}): invalid {(response ? "response" : "request")}\n"
        );
        a.Append(response ? $"  frontend {facts.Frontend} (#{Text(facts.FrontendId)})" : "  backend <NONE> (#-1)");
        a.Append(
            CultureInfo.InvariantCulture,
            $", server {facts.Server ?? "<NONE>"} (#{facts.ServerId}), event #{facts.Event}, src {facts.Source.ToString()}\n"
        );
        a.Append(CultureInfo.InvariantCulture, $"  buffer starts at 0 (including 0 out), {facts.BlockSize - message.Length} free,\n");
        a.Append(
            CultureInfo.InvariantCulture,
            $"  len {message.Length}, wraps at {facts.BlockSize}, error at position {facts.Fault.Position}\n"
        );
        a.Append("  H1 connection flags 0x00000000, H1 stream flags 0x00000000\n");
        a.Append(
            CultureInfo.InvariantCulture,
            $"  H1 msg state MSG_{Name(facts.Fault.State)}({(int)facts.Fault.State}), H1 msg flags 0x00000000\n"
        );
        a.Append(
            CultureInfo.InvariantCulture,
            $"  H1 chunk len {facts.ContentLength} bytes, H1 body len {facts.ContentLength} bytes :\n  \n"
        );
        EscapedDump.Append(a, message);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Name(HeadState state) =>
        state switch
        {
            HeadState.RqBefore => "RQBEFORE",
            HeadState.RqMeth => "RQMETH",
            HeadState.RqUri => "RQURI",
            HeadState.RqVer => "RQVER",
            HeadState.RqLineEnd => "RQLINE_END",
            HeadState.RpVer => "RPVER",
            HeadState.RpCode => "RPCODE",
            HeadState.RpReason => "RPREASON",
            HeadState.HdrName => "HDR_NAME",
            HeadState.HdrVal => "HDR_VAL",
            HeadState.HdrL2Lf => "HDR_L2_LF",
            HeadState.HdrL2Lws => "HDR_L2_LWS",
            HeadState.LastLf => "LAST_LF",
            HeadState.ChunkSize => "CHUNK_SIZE",
            HeadState.Data => "DATA",
            _ => "DONE",
        };

    internal static readonly CliCommand[] Rows =
    [
        new("show errors", "[<proxy>] [request|response]", CliLevel.Operator, "the last malformed messages", Show),
    ];
}
