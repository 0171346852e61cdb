// The line of a proxy without any log option: "Connect from 10.0.0.1:1234 to 10.0.0.2:80 (fe/HTTP)" (manual 8.2.1).
using System;
using System.Globalization;
using System.Text;
using Baton.Engine.Connections;
using Baton.Engine.Proxies;
using Baton.Engine.Streams;

namespace Baton.Engine.Logs;

public sealed class ConnectLine(FrontendState frontend) : ILogFormat
{
    private readonly byte[] _tail = Encoding.UTF8.GetBytes($" ({frontend.Name}/{(frontend.IsHttp ? "HTTP" : "TCP")})");

    public int Write(ProxyStream stream, Span<byte> into)
    {
        Span<byte> line = stackalloc byte[160];
        int at = Append(line, 0, "Connect from "u8);
        at = AppendAddress(line, at, stream.Source);
        at = Append(line, at, " to "u8);
        at = AppendAddress(line, at, stream.Destination);
        at = Math.Min(at, into.Length);
        line[..at].CopyTo(into);
        int tail = Math.Min(_tail.Length, into.Length - at);
        _tail.AsSpan(0, tail).CopyTo(into[at..]);
        return at + tail;
    }

    private static int Append(Span<byte> line, int at, ReadOnlySpan<byte> text)
    {
        text.CopyTo(line[at..]);
        return at + text.Length;
    }

    /// <summary>COMPAT: a UNIX peer is "unix:" and the listener's id (haproxy 2.6).</summary>
    private static int AppendAddress(Span<byte> line, int at, in SocketAddress address)
    {
        at += address.FormatIp(line[at..]);
        line[at++] = (byte)':';
        ((int)address.Port).TryFormat(line[at..], out int n, default, CultureInfo.InvariantCulture);
        return at + n;
    }
}
