// Fetches of the two connections themselves (manual 7.3.3, fc_* and bc_*): addresses as the kernel has them, before any rule
// or PROXY header changed them, what its TCP has measured, and what a PROXY header carried. Behind their connections' end the
// log knows the server's side from ServerSideFacts.
using System;
using System.Collections.Generic;
using Baton.Configuration.Expressions;
using Baton.Engine.Connections;
using Baton.Engine.Streams;
using Baton.Http.ProxyProtocol;
using Baton.Interop.Linux;

namespace Baton.Engine.Samples.Fetches;

internal static class TransportFetches
{
    private static bool Set(in SocketAddress address, bool port, ref SampleValue v)
    {
        if (port)
            v.SetNumber(address.Port);
        else
            v.SetAddress(address);
        return address.Length > 0;
    }

    private static bool ServerAddress(ProxyStream s, bool far, bool port, ref SampleValue v)
    {
        if (!s.LastServer.TryGet(out ServerSideFacts side))
            return false;
        return Set(far ? side.Far : side.Near, port, ref v);
    }

    private static bool IsLocal(in SocketAddress address, ref SampleValue v)
    {
        v.SetBool(address.Length > 0 && address.IsOfThisMachine());
        return address.Length > 0;
    }

    /// <summary>A counter of TCP_INFO by its place among the structure's words.</summary>
    private static bool TcpCounter(int fd, int word, ref SampleValue v)
    {
        Span<uint> info = stackalloc uint[Sockets.TcpInfoWords];
        if (fd < 0 || !Sockets.TryGetTcpInfo(fd, info))
            return false;
        v.SetNumber(info[word]);
        return true;
    }

    private static bool TcpTime(int fd, int word, Argument[] a, ref SampleValue v)
    {
        if (!TcpCounter(fd, word, ref v))
            return false;
        v.SetNumber(v.Number / a[0].Number);
        return true;
    }

    /// <summary>The kernel counts microseconds.</summary>
    private static string? CheckUnit(Argument[] a)
    {
        long divisor = a[0].Absent
            ? 1000
            : a[0].Text switch
            {
                "ms" => 1000,
                "us" => 1,
                _ => 0,
            };
        if (divisor == 0)
            return $"expects 'ms' or 'us', got '{a[0].Text}'";
        a[0] = a[0] with { Number = divisor };
        return null;
    }

    /// <summary>The kernel gives it away once: it is kept with the connection.</summary>
    private static bool SavedSyn(ProxyStream s, ref SampleValue v)
    {
        v.SetBinary(s.Connection.FirstPacket);
        return !s.Connection.FirstPacket.IsEmpty;
    }

    private static int ServerDescriptor(ProxyStream s) => s.ServerSide?.Fd ?? -1;

    private static bool ProxyField(ProxyStream s, ProxyTlvType type, ref SampleValue v)
    {
        if (!ProxyHeader.TryFind(s.Session.ProxyFields, type, out ReadOnlySpan<byte> value))
            return false;
        v.SetText(value);
        return true;
    }

    private static string? CheckType(Argument[] a) => a[0].Number is >= 0 and <= 255 ? null : "expects a type from 0 to 255";

    /// <summary>One request at a time on a connection of HTTP/1, and one stream on a connection of TCP.</summary>
    private static bool Fact(int number, ref SampleValue v)
    {
        v.SetNumber(number);
        return true;
    }

    private static SampleFetch Row(
        string name,
        SampleType output,
        SampleNeeds needs,
        string summary,
        FetchFunction f,
        ArgumentSpec[]? args = null,
        Func<Argument[], string?>? check = null
    ) =>
        new()
        {
            Name = name,
            Output = output,
            Needs = needs,
            Summary = summary,
            Evaluate = f,
            Arguments = args ?? [],
            Check = check,
        };

    private static SampleFetch Counter(string name, string summary, int word) =>
        Row(name, SampleType.Integer, SampleNeeds.Client, summary, (s, a, o, m, ref v) => TcpCounter(s.Connection.Fd, word, ref v));

    private static readonly ArgumentSpec[] Unit = [new(ArgumentKind.String, "unit", true)];

    internal static readonly SampleFetch[] Rows =
    [
        Row("src_is_local", SampleType.Bool, SampleNeeds.Client, "the source is an address of this machine", (s, a, o, m, ref v) =>
            IsLocal(s.Source, ref v)
        ),
        Row("dst_is_local", SampleType.Bool, SampleNeeds.Client, "the destination is an address of this machine", (s, a, o, m, ref v) =>
            IsLocal(s.Destination, ref v)
        ),
        Row("fc_src", SampleType.Address, SampleNeeds.Client, "source address of the client's socket", (s, a, o, m, ref v) =>
            Set(SocketAddress.OfPeer(s.Connection.Fd), false, ref v)
        ),
        Row("fc_src_port", SampleType.Integer, SampleNeeds.Client, "source port of the client's socket", (s, a, o, m, ref v) =>
            Set(SocketAddress.OfPeer(s.Connection.Fd), true, ref v)
        ),
        Row("fc_src_is_local", SampleType.Bool, SampleNeeds.Client, "that source is an address of this machine", (s, a, o, m, ref v) =>
            IsLocal(SocketAddress.OfPeer(s.Connection.Fd), ref v)
        ),
        Row("fc_dst", SampleType.Address, SampleNeeds.Client, "destination address of the client's socket", (s, a, o, m, ref v) =>
            Set(SocketAddress.OfSocket(s.Connection.Fd), false, ref v)
        ),
        Row("fc_dst_port", SampleType.Integer, SampleNeeds.Client, "destination port of the client's socket", (s, a, o, m, ref v) =>
            Set(SocketAddress.OfSocket(s.Connection.Fd), true, ref v)
        ),
        Row("fc_dst_is_local", SampleType.Bool, SampleNeeds.Client, "that destination is an address of this machine", (s, a, o, m, ref v) =>
            IsLocal(SocketAddress.OfSocket(s.Connection.Fd), ref v)
        ),
        // what fails is asked for this by error-log-format alone
        Row("fc_err", SampleType.Integer, SampleNeeds.Client, "number of the client connection's error", (s, a, o, m, ref v) =>
        {
            v.SetNumber(s.Session.Fault);
            return true;
        }),
        Row("fc_err_str", SampleType.String, SampleNeeds.Client, "text of the client connection's error", (s, a, o, m, ref v) =>
        {
            v.SetText(ConnectionFaults.Text(s.Session.Fault));
            return true;
        }),
        Row("fc_http_major", SampleType.Integer, SampleNeeds.Client, "major version of HTTP towards the client", (s, a, o, m, ref v) =>
            s.IsHttp && s.Session.Fault == ConnectionFaults.None && Fact(s.Connection.Mux?.MajorVersion ?? 1, ref v)
        ),
        Row("fc_nb_streams", SampleType.Integer, SampleNeeds.Client, "streams on the client's connection", (s, a, o, m, ref v) =>
            Fact(s.Connection.Mux?.StreamCount ?? 1, ref v)
        ),
        Row("fc_glitches", SampleType.Integer, SampleNeeds.Client, "oddities of the client's HTTP/2 connection", (s, a, o, m, ref v) =>
            Fact(s.Connection.Mux?.Glitches ?? 0, ref v)
        ),
        Row(
            "fc_settings_streams_limit",
            SampleType.Integer,
            SampleNeeds.Client,
            "streams permitted on the client's connection",
            (s, a, o, m, ref v) => Fact(s.Connection.Mux?.MaxStreams ?? 1, ref v)
        ),
        Row("fc_pp_authority", SampleType.String, SampleNeeds.Client, "host name in the PROXY header", (s, a, o, m, ref v) =>
            ProxyField(s, ProxyTlvType.Authority, ref v)
        ),
        Row("fc_pp_unique_id", SampleType.String, SampleNeeds.Client, "identifier in the PROXY header", (s, a, o, m, ref v) =>
            ProxyField(s, ProxyTlvType.UniqueId, ref v)
        ),
        Row(
            "fc_pp_tlv",
            SampleType.String,
            SampleNeeds.Client,
            "extension field of the PROXY header",
            (s, a, o, m, ref v) => ProxyField(s, (ProxyTlvType)a[0].Number, ref v),
            [new(ArgumentKind.Integer, "id")],
            CheckType
        ),
        Row(
            "fc_saved_syn",
            SampleType.Binary,
            SampleNeeds.Client,
            "headers of the first packet of the client's connection, where the bind line keeps them (tcp-ss)",
            (s, a, o, m, ref v) => SavedSyn(s, ref v)
        ),
        Row(
            "fc_rtt",
            SampleType.Integer,
            SampleNeeds.Client,
            "round-trip time to the client",
            (s, a, o, m, ref v) => TcpTime(s.Connection.Fd, TcpInfoWord.Rtt, a, ref v),
            Unit,
            CheckUnit
        ),
        Row(
            "fc_rttvar",
            SampleType.Integer,
            SampleNeeds.Client,
            "variance of the round-trip time to the client",
            (s, a, o, m, ref v) => TcpTime(s.Connection.Fd, TcpInfoWord.Rttvar, a, ref v),
            Unit,
            CheckUnit
        ),
        Counter("fc_unacked", "unacknowledged segments on the client's connection", TcpInfoWord.Unacked),
        Counter("fc_sacked", "selectively acknowledged segments on the client's connection", TcpInfoWord.Sacked),
        Counter("fc_lost", "lost segments on the client's connection", TcpInfoWord.Lost),
        Counter("fc_retrans", "segments sent again on the client's connection", TcpInfoWord.Retrans),
        Counter("fc_fackets", "forward acknowledgements on the client's connection", TcpInfoWord.Fackets),
        Counter("fc_reordering", "reordering on the client's connection", TcpInfoWord.Reordering),
        Row("bc_src", SampleType.Address, SampleNeeds.Server, "our address towards the server", (s, a, o, m, ref v) =>
            ServerAddress(s, false, false, ref v)
        ),
        Row("bc_src_port", SampleType.Integer, SampleNeeds.Server, "our port towards the server", (s, a, o, m, ref v) =>
            ServerAddress(s, false, true, ref v)
        ),
        Row("bc_dst", SampleType.Address, SampleNeeds.Server, "address the server's connection goes to", (s, a, o, m, ref v) =>
            ServerAddress(s, true, false, ref v)
        ),
        Row("bc_dst_port", SampleType.Integer, SampleNeeds.Server, "port the server's connection goes to", (s, a, o, m, ref v) =>
            ServerAddress(s, true, true, ref v)
        ),
        // what has failed is gone, but for the log
        Row("bc_err", SampleType.Integer, SampleNeeds.Server, "number of the server connection's error", (s, a, o, m, ref v) =>
        {
            bool known = s.LastServer.TryGet(out ServerSideFacts side);
            v.SetNumber(side.Fault);
            return known;
        }),
        Row("bc_err_str", SampleType.String, SampleNeeds.Server, "text of the server connection's error", (s, a, o, m, ref v) =>
        {
            bool known = s.LastServer.TryGet(out ServerSideFacts side);
            v.SetText(ConnectionFaults.Text(side.Fault));
            return known;
        }),
        Row("bc_http_major", SampleType.Integer, SampleNeeds.Server, "major version of HTTP towards the server", (s, a, o, m, ref v) =>
            s.IsHttp && s.LastServer.TryGet(out ServerSideFacts side) && Fact(side.MajorVersion, ref v)
        ),
        Row("bc_nb_streams", SampleType.Integer, SampleNeeds.Server, "streams on the server's connection", (s, a, o, m, ref v) =>
            s.LastServer.TryGet(out ServerSideFacts side) && Fact(side.Streams, ref v)
        ),
        Row("bc_glitches", SampleType.Integer, SampleNeeds.Server, "oddities of the server's HTTP/2 connection", (s, a, o, m, ref v) =>
            s.LastServer.TryGet(out ServerSideFacts side) && Fact(side.Glitches, ref v)
        ),
        Row(
            "bc_settings_streams_limit",
            SampleType.Integer,
            SampleNeeds.Server,
            "streams permitted on the server's connection",
            (s, a, o, m, ref v) => s.LastServer.TryGet(out ServerSideFacts side) && Fact(side.MaxStreams, ref v)
        ),
        Row("bc_reused", SampleType.Bool, SampleNeeds.Server, "the server's connection had served before", (s, a, o, m, ref v) =>
        {
            bool known = s.LastServer.TryGet(out ServerSideFacts side);
            v.SetBool(side.IsReused);
            return known;
        }),
        Row(
            "bc_rtt",
            SampleType.Integer,
            SampleNeeds.Server,
            "round-trip time to the server",
            (s, a, o, m, ref v) => TcpTime(ServerDescriptor(s), TcpInfoWord.Rtt, a, ref v),
            Unit,
            CheckUnit
        ),
        Row(
            "bc_rttvar",
            SampleType.Integer,
            SampleNeeds.Server,
            "variance of the round-trip time to the server",
            (s, a, o, m, ref v) => TcpTime(ServerDescriptor(s), TcpInfoWord.Rttvar, a, ref v),
            Unit,
            CheckUnit
        ),
    ];
}
