// The line of a connection that failed before it could become a session: "10.0.0.1:1234 [date] fe/1: what happened" (manual 8.2.5).
using System;
using System.Globalization;
using System.Text;
using Baton.Engine.Connections;

namespace Baton.Engine.Logs;

public static class ConnectionErrorLine
{
    /// <summary>Bytes written; what does not fit is left out.</summary>
    public static int Write(ClientConnection client, ReadOnlySpan<byte> what, Span<byte> into)
    {
        Span<byte> line = stackalloc byte[128];
        int at = client.Session.Source.FormatIp(line);
        line[at++] = (byte)':';
        ((int)client.Session.Source.Port).TryFormat(line[at..], out int n, default, CultureInfo.InvariantCulture);
        at += n;
        DateTimeOffset accepted = DateTimeOffset
            .FromUnixTimeMilliseconds(client.Session.AcceptMs + client.Worker.WallClockOffsetMs)
            .ToLocalTime();
        accepted.TryFormat(line[at..], out n, " '['dd/MMM/yyyy:HH:mm:ss.fff'] '", CultureInfo.InvariantCulture);
        at = Append(into, 0, line[..(at + n)]);
        at = Append(into, at, client.Frontend.Name);
        at = Append(into, at, "/");
        // COMPAT: a listener without a name is shown by its number
        at = Append(
            into,
            at,
            client.Listener.Name.Length > 0 ? client.Listener.Name : client.Listener.Id.ToString(CultureInfo.InvariantCulture)
        );
        return Append(into, Append(into, at, ": "), what);
    }

    private static int Append(Span<byte> into, int at, string text) =>
        at + (Encoding.UTF8.TryGetBytes(text, into[at..], out int n) ? n : 0);

    private static int Append(Span<byte> into, int at, ReadOnlySpan<byte> text)
    {
        int n = Math.Min(text.Length, into.Length - at);
        text[..n].CopyTo(into[at..]);
        return at + n;
    }
}
