// show sess, shutdown session, shutdown sessions server. Streams are looked at and ended on their own workers.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using Baton.Configuration.Model;
using Baton.Engine.Connections;
using Baton.Engine.Listeners;
using Baton.Engine.Loop;
using Baton.Engine.Muxes;
using Baton.Engine.Servers;
using Baton.Engine.Streams;

namespace Baton.Control.Cli;

internal static class StreamCommands
{
    /// <summary>What the operator calls a stream: worker and number, unique while the stream lives.</summary>
    private static ulong IdOf(Worker w, ProxyStream s) => ((ulong)(w.Index + 1) << 32) | s.SequenceNumber;

    private static bool Id(string text, out ulong id)
    {
        id = 0;
        return text.StartsWith("0x", StringComparison.Ordinal)
            && ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out id);
    }

    /// <summary>show sess [all | ID | older AGE | susp | server BE/SRV | backend BE | frontend FE].</summary>
    private static IEnumerable<Worker> Show(CliRequest r)
    {
        bool one = Id(r[2], out ulong id),
            all = r[2] == "all";
        Func<Worker, ProxyStream, bool> wanted = static (_, _) => true;
        switch (r[2])
        {
            case "older":
                if (Configuration.Values.UnitParser.Time(r[3], Configuration.Values.TimeUnit.Second, out long age) is not null)
                {
                    r.Fail("Expects a minimum age as a time.");
                    return [];
                }
                wanted = (w, s) => w.NowMs - Start(s) >= age;
                break;
            // a stream is suspicious when it has had nothing to do for longer than any of its time-outs
            case "susp":
                wanted = static (w, s) => w.NowMs - Start(s) > 3_600_000 && s.NextDeadlineMs == long.MaxValue;
                break;
            case "server":
                if (!r.FindServer(r[3], out ServerState server))
                    return [];
                wanted = (_, s) => s.Server == server;
                break;
            case "backend":
                wanted = (_, s) => s.Backend?.Name == r[3];
                break;
            case "frontend":
                wanted = (_, s) => s.Frontend.Name == r[3];
                break;
        }
        return one ? ShowOne(r, id) : CliPieces.VisitClients(r, (w, c) =>
            {
                foreach (ProxyStream s in ClientStreams.Of(c))
                {
                    if (!wanted(w, s))
                        continue;
                    if (all)
                        Details(r.Answer, w, s);
                    else
                        Short(r.Answer, w, s);
                }
            });
    }

    private static IEnumerable<Worker> ShowOne(CliRequest r, ulong id)
    {
        bool found = false;
        IEnumerable<Worker> visit = CliPieces.VisitClients(r, (w, c) =>
        {
            foreach (ProxyStream s in ClientStreams.Of(c))
            {
                if (IdOf(w, s) != id)
                    continue;
                found = true;
                Details(r.Answer, w, s);
                break;
            }
        });
        foreach (Worker at in visit)
            yield return at;
        if (!found)
            r.Line("Session not found.");
    }

    /// <summary>show remaining: how many connections a leaving process still has, and why each is not in the next one.</summary>
    private static IEnumerable<Worker> ShowRemaining(CliRequest r)
    {
        int refused = 0,
            requests = 0,
            queued = 0,
            sessions = 0,
            idle = 0,
            closing = 0;
        IEnumerable<Worker> visit = CliPieces.VisitClients(r, (_, c) =>
        {
            if (c.IsRefused)
                refused++;
            else if (c.Phase == ClientPhase.Lingering)
                closing++;
            else
            {
                bool isIdle = true;
                foreach (ProxyStream s in ClientStreams.Of(c))
                {
                    isIdle = false;
                    if (s is TcpStream)
                        sessions++;
                    else if (s.ServerPhase == ServerPhase.Queued)
                        queued++;
                    else
                        requests++;
                }
                if (isIdle)
                    idle++;
            }
        });
        foreach (Worker at in visit)
            yield return at;
        var reasons = new List<string>();
        void Reason(int count, string why)
        {
            if (count > 0)
                reasons.Add($"{count.ToString(CultureInfo.InvariantCulture)} {why}");
        }
        Reason(requests, "in a request");
        Reason(queued, "waiting in a queue");
        Reason(sessions, "in mode tcp");
        Reason(idle, "idle");
        Reason(refused, "not served by the next configuration");
        Reason(closing, "answered and closing");
        r.Line($"Remaining: {(reasons.Count == 0 ? "none" : string.Join(", ", reasons))}");
    }

    private static long Start(ProxyStream s) => s.Times.Begin >= 0 ? s.Times.Begin : s.Times.Accept;

    private static string Protocol(in SocketAddress a) =>
        a.IsIPv4 ? "tcpv4"
        : a.Family == Interop.Linux.Sockets.AF_UNIX ? "unix_stream"
        : "tcpv6";

    private static string Source(in SocketAddress a, ListenerState l) =>
        a.Family == Interop.Linux.Sockets.AF_UNIX ? $"unix:{l.Id}" : a.ToString();

    private static string Left(Worker w, long deadlineMs, string never)
    {
        if (deadlineMs == long.MaxValue)
            return never;
        long ms = Math.Max(0, deadlineMs - w.NowMs);
        return ms < 10_000 && ms % 1000 != 0 && ms < 1000 ? $"{ms}ms" : $"{ms / 1000}s";
    }

    private static int Waiting(in Channel c) => c.HasBuffer ? c.End - c.Start : 0;

    private static void Short(StringBuilder a, Worker w, ProxyStream s)
    {
        ClientConnection c = s.Session.Connection;
        a.Append(
            CultureInfo.InvariantCulture,
            $"0x{IdOf(w, s):x}: proto={Protocol(c.Session.Source)} src={Source(c.Session.Source, c.Listener)} fe={s.Frontend.Name} be={s.Backend?.Name ?? "<NONE>"} srv={s.Server?.Name ?? "<none>"} "
        );
        a.Append(
            CultureInfo.InvariantCulture,
            $"age={(w.NowMs - Start(s)) / 1000}s rq[i={Waiting(s.Request)},rx={Left(w, s.ClientLeftMs, "")}] rp[i={Waiting(s.Response)},rx={Left(w, s.ServerLeftMs, "")}] "
        );
        a.Append(CultureInfo.InvariantCulture, $"scf=[fd={c.Fd}] scb=[fd={s.ServerSide?.Fd ?? -1}] exp={Left(w, s.NextDeadlineMs, "")}\n");
    }

    private static void Details(StringBuilder a, Worker w, ProxyStream s)
    {
        ClientConnection c = s.Session.Connection;
        DateTime began = DateTimeOffset
            .FromUnixTimeMilliseconds(s.Times.BeginWallMs > 0 ? s.Times.BeginWallMs : s.Times.AcceptWallMs)
            .LocalDateTime;
        a.Append(
            CultureInfo.InvariantCulture,
            $"0x{IdOf(w, s):x}: [{began:dd/MMM/yyyy:HH:mm:ss.fff}000] id={s.SequenceNumber} proto={Protocol(c.Session.Source)} source={Source(c.Session.Source, c.Listener)}\n"
        );
        a.Append(
            CultureInfo.InvariantCulture,
            $"  state={s.ServerPhase} retries={s.Retries} redispatched={(s.IsRedispatched ? 1 : 0)} waiting={(s.ServerPhase == ServerPhase.Queued ? 1 : 0)} exp={Left(w, s.NextDeadlineMs, "<NEVER>")} thread={w.Index + 1}\n"
        );
        string listener = c.Listener.Name.Length > 0 ? c.Listener.Name : $"sock-{c.Listener.Id}";
        a.Append(
            CultureInfo.InvariantCulture,
            $"  frontend={s.Frontend.Name} (id={s.Frontend.Config.Id} mode={Mode(s.Frontend.Config)}), listener={listener} (id={c.Listener.Id}) addr={c.Listener.Endpoint?.Text ?? "?"}\n"
        );
        if (s.Backend is { } b)
            a.Append(CultureInfo.InvariantCulture, $"  backend={b.Name} (id={b.Config.Id} mode={Mode(b.Config)}) addr={LocalAddress(s)}\n");
        else
            a.Append("  backend=<NONE> (id=-1 mode=-)\n");
        if (s.Server is { } server)
            a.Append(CultureInfo.InvariantCulture, $"  server={server.Name} (id={server.Id}) addr={server.Endpoint?.Text ?? "?"}\n");
        else
            a.Append("  server=<NONE> (id=-1)\n");
        a.Append(CultureInfo.InvariantCulture, $"  age={(w.NowMs - Start(s)) / 1000}s requests={c.Session.RequestCount}\n");
        Side(a, "scf", c, s.NumberAtClient);
        if (s.ServerSide is { } side)
            Side(a, "scb", side, s.NumberAtServer);
        ChannelLines(a, w, "req", s.Request, s.ClientLeftMs);
        ChannelLines(a, w, "res", s.Response, s.ServerLeftMs);
    }

    private static string Mode(ProxyConfig p) => p.Mode == ProxyMode.Http ? "http" : "tcp";

    private static string LocalAddress(ProxyStream s) =>
        s.ServerSide is { Fd: >= 0 } side ? SocketAddress.OfSocket(side.Fd).ToString() : "?";

    private static void Side(StringBuilder a, string name, Connection c, int stream)
    {
        a.Append(
            CultureInfo.InvariantCulture,
            $"  {name}: fd={c.Fd} can_read={Bit(c.CanRead)} can_write={Bit(c.CanWrite)} peer_closed={Bit(c.PeerClosed)} "
                + $"failed={Bit(c.Failed)} polled={Bit(c.IsRegistered)}"
        );
        // one of many on that connection
        if (stream > 0)
            a.Append(CultureInfo.InvariantCulture, $" mux=H2 h2s.id={stream}");
        a.Append('\n');
    }

    private static int Bit(bool on) => on ? 1 : 0;

    private static void ChannelLines(StringBuilder a, Worker w, string name, in Channel c, long deadlineMs) =>
        a.Append(
            CultureInfo.InvariantCulture,
            $"  {name}: total={c.Payload} sent={c.Sent} o={(c.HasBuffer ? c.Ready - c.Start : 0)} i={(c.HasBuffer ? c.End - c.Ready : 0)} size={(c.HasBuffer ? w.Buffers.BlockSize : 0)} shut={Bit(c.ShutdownSent)} rex={Left(w, deadlineMs, "<NEVER>")}\n"
        );

    private static IEnumerable<Worker> Shutdown(CliRequest r)
    {
        if (!Id(r[2], out ulong id))
        {
            r.Fail("Session pointer expected (use 'show sess').");
            yield break;
        }
        bool found = false;
        IEnumerable<Worker> visit = CliPieces.VisitClients(r, (w, c) =>
        {
            foreach (ProxyStream s in ClientStreams.Of(c))
            {
                if (IdOf(w, s) != id)
                    continue;
                found = true;
                End(w, s);
                break;
            }
        });
        foreach (Worker at in visit)
            yield return at;
        if (!found)
            r.Fail("No such session (use 'show sess').");
    }

    private static IEnumerable<Worker> ShutdownServer(CliRequest r)
    {
        if (!r.FindServer(r[3], out ServerState server))
            return [];
        return CliPieces.VisitClients(r, (w, c) =>
        {
            foreach (ProxyStream s in ClientStreams.Of(c))
                if (s.Server == server)
                    End(w, s);
        });
    }

    private static void End(Worker w, ProxyStream stream) => w.Guard(stream, static s => s.Kill(TerminationCause.Killed));

    internal static readonly CliCommand[] Rows =
    [
        new("show remaining", "", CliLevel.Operator, "connections a leaving process still has, and why", ShowRemaining),
        new("show sess", "[all|<id>|older <age>|susp|...]", CliLevel.Operator, "streams now, or the details of one", Show),
        new("shutdown session", "<id>", CliLevel.Admin, "end a stream", Shutdown),
        new("shutdown sessions server", "<bk>/<srv>", CliLevel.Admin, "end all streams on a server", ShutdownServer),
    ];
}
