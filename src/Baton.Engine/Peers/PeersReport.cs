// What "show peers" says: sections, peers, and how far each knows of each table what the other knows.
using System;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Baton.Engine.Connections;
using Baton.Engine.Connections.Transports;
using Baton.Engine.Peers.Wire;

namespace Baton.Engine.Peers;

/// <summary>In the sections' worker. COMPAT: the lines of haproxy 2.6; numbers that stand for things in memory tell them apart and mean
/// nothing else.</summary>
public sealed class PeersReport
{
    private const int WordsPerLine = 4;

    private readonly StringBuilder _text = new();
    private readonly bool _withWords;
    private readonly long _nowMs;

    private PeersReport(EngineState engine, bool withWords) => (_nowMs, _withWords) = (engine.Workers[0].NowMs, withWords);

    /// <summary>All sections, or the one of that name; null when there is none.</summary>
    public static string? Write(EngineState engine, string name, bool withWords)
    {
        if (name.Length > 0 && !engine.Config.Peers.Exists(p => p.Name == name))
            return null;
        var report = new PeersReport(engine, withWords);
        foreach (PeersState section in engine.Peers)
            if (name.Length == 0 || section.Config.Name == name)
                report.Section(section);
        return report._text.ToString();
    }

    private void Line(int indent, FormattableString text) =>
        _text.Append(' ', indent).Append(text.ToString(CultureInfo.InvariantCulture)).Append('\n');

    private static string Id(object what) => $"0x{RuntimeHelpers.GetHashCode(what):x}";

    /// <summary>COMPAT: seconds, or what stands for the past and for never.</summary>
    private string Until(long ms) =>
        ms == PeerState.Never ? "<NEVER>"
        : ms <= _nowMs ? "<PAST>"
        : Span(ms - _nowMs);

    private static string Span(long ms) =>
        ms < 60_000 ? string.Create(CultureInfo.InvariantCulture, $"{ms / 1000}s")
        : ms < 3_600_000 ? string.Create(CultureInfo.InvariantCulture, $"{ms / 60_000}m{ms / 1000 % 60:00}s")
        : string.Create(CultureInfo.InvariantCulture, $"{ms / 3_600_000}h{ms / 60_000 % 60:00}m");

    private void Section(PeersState section)
    {
        DateTime now = DateTimeOffset.FromUnixTimeMilliseconds(section.Worker.WallClockMs).LocalDateTime;
        int flags = section.Resync.Phase switch
        {
            ResyncPhase.FromLocal => 0,
            ResyncPhase.FromRemote => 1,
            _ => 3,
        };
        string timeout = section.Resync.IsDone ? "<PAST>" : Until(section.Resync.DeadlineMs);
        Line(
            0,
            $"{Id(section)}: [{now:dd/MMM/yyyy:HH:mm:ss}] id={section.Config.Name} disabled=0 flags=0x{flags:x} resync_timeout={timeout} task_calls=0"
        );
        foreach (PeerState peer in section.Peers)
            Peer(section, peer);
    }

    private void Peer(PeersState section, PeerState peer)
    {
        string side = peer.Config.IsLocal ? "local" : "remote",
            state = peer.IsEstablished ? "active" : "inactive",
            last = peer.BegunMs < 0 ? "<NEVER>" : Span(_nowMs - peer.BegunMs);
        PeerCounters c = peer.Counters;
        PeerConnection? connection = peer.Connection;
        string heartbeat = peer.IsEstablished ? Until(connection!.HeartbeatAtMs) : "<NEVER>";
        Line(
            2,
            $"{Id(peer)}: id={peer.Config.Name}({side},{state}) addr={peer.Endpoint?.Text ?? "-"} last_status={Status(peer.Status)} last_hdshk={last}"
        );
        Line(
            8,
            $"reconnect={Until(peer.IsEstablished ? connection!.SilentAtMs : peer.ReconnectAtMs)} heartbeat={heartbeat} confirm={(peer.Teller.AwaitsConfirmation ? 1 : 0)} tx_hbt={c.SentHeartbeats} rx_hbt={c.HeardHeartbeats} no_hbt={c.Silences} new_conn={c.Connections} proto_err={c.ProtocolErrors} coll={c.Collisions}"
        );
        int flags = (peer.Teller.IsTeaching ? 1 : 0) | (section.Resync.Teacher == peer ? 2 : 0) | (peer.LacksKnowledge ? 4 : 0);
        if (connection is null)
            Line(8, $"flags=0x{flags:x}");
        else
        {
            string at = connection.IsEstablished ? "EST" : "CON";
            Line(8, $"flags=0x{flags:x} appctx:{Id(connection)} st0={(connection.IsEstablished ? 7 : 0)} st1=0 task_calls=0 state={at}");
            if (connection.Fd >= 0)
                Line(
                    8,
                    $"xprt={(connection.Transport is SealedTransport ? "SSL" : "RAW")} src={SocketAddress.OfPeer(connection.Fd)} addr={SocketAddress.OfSocket(connection.Fd)}"
                );
        }
        if (peer.Hearer.Current is { Theirs: not null } heard)
            Line(
                8,
                $"remote_table:{Id(heard)} id={heard.Table.Config.Name} local_id={heard.Form.Definition.Id} remote_id={heard.Theirs.Id}"
            );
        if (peer.Teller.Current is { } told)
            Line(
                8,
                $"last_local_table:{Id(told)} id={told.Table.Config.Name} local_id={told.Form.Definition.Id} remote_id={told.Theirs?.Id ?? 0}"
            );
        Line(8, $"shared tables:");
        for (int i = peer.Tables.Length - 1; i >= 0; i--)
            Table(section, peer, peer.Tables[i]);
    }

    private static string Status(PeerStatus status) =>
        status switch
        {
            PeerStatus.None => "NONE",
            PeerStatus.Connecting => "CONN",
            PeerStatus.Established => "ESTA",
            PeerStatus.TryAgain => "300",
            PeerStatus.ProtocolError => "501",
            PeerStatus.BadVersion => "502",
            PeerStatus.LocalMismatch => "503",
            PeerStatus.RemoteMismatch => "504",
            _ => "RFSD",
        };

    private void Table(PeersState section, PeerState peer, SharedTable table)
    {
        TableForm form = table.Form;
        long change = form.Table.LastChange;
        Line(
            10,
            $"{Id(table)} local_id={form.Definition.Id} remote_id={table.Theirs?.Id ?? 0} flags=0x0 remote_data=0x{table.Theirs?.Bits ?? 0:x}"
        );
        uint acknowledged = table.OwesAcknowledgement ? 0 : table.Heard;
        Line(
            14,
            $"last_acked={acknowledged} last_pushed={table.Pushed} last_get={table.Heard} teaching_origin={table.TeachUntil} update={table.Acknowledged}"
        );
        long committed = long.MaxValue;
        foreach (PeerState other in section.Peers)
            if (!other.Config.IsLocal)
                committed = Math.Min(committed, other.Tables[form.Definition.Id - 1].Acknowledged);
        Line(
            14,
            $"table:{Id(form.Table)} id={form.Table.Config.Name} update={change} localupdate={change} commitupdate={(committed == long.MaxValue ? change : committed)} refcnt=1"
        );
        if (!_withWords)
        {
            Line(8, $"Dictionary cache not dumped (use \"show peers dict\")");
            return;
        }
        Line(8, $"TX dictionary cache:");
        Words(i => peer.Teller.Words[i], onlyKnown: true);
        Line(8, $"RX dictionary cache:");
        Words(i => peer.Hearer.Words[(ulong)i], onlyKnown: false);
    }

    private void Words(Func<int, string?> word, bool onlyKnown)
    {
        for (int first = 0; first < ReceivedWords.Most; first += WordsPerLine)
        {
            if (onlyKnown && word(first + 1) is null)
                return;
            _text.Append(' ', 8);
            for (int i = first; i < first + WordsPerLine; i++)
                _text.Append(CultureInfo.InvariantCulture, $"{i, 5} -> {word(i + 1) ?? "-"}");
            _text.Append('\n');
        }
    }
}
