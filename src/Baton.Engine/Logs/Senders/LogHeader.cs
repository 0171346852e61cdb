// What stands in front of the message in each of the formats of a "log" line (manual: log, "format").
using System;
using System.Globalization;
using Baton.Configuration.Model;

namespace Baton.Engine.Logs.Senders;

public static class LogHeader
{
    /// <summary>Writes the header of a line; <paramref name="into"/> holds at least 128 bytes more than tag, host name and structured data.
    /// Returns its length.</summary>
    public static int Write(
        Span<byte> into,
        LogFormatKind format,
        int facility,
        int level,
        LogIdentity who,
        ReadOnlySpan<byte> structuredData,
        LogBuffer clock,
        long nowNs
    )
    {
        int at = 0;
        switch (format)
        {
            case LogFormatKind.Raw:
                return 0;
            case LogFormatKind.Short:
                return Priority(into, 0, level);
            case LogFormatKind.Priority:
                return Priority(into, 0, facility * 8 + level);
            case LogFormatKind.Timed:
                at = Priority(into, 0, level);
                goto case LogFormatKind.Iso;
            case LogFormatKind.Iso:
                at += clock.WriteIso(nowNs, into[at..]);
                into[at++] = (byte)' ';
                return at;
            case LogFormatKind.Rfc5424:
                return Rfc5424(into, facility * 8 + level, who, structuredData, clock, nowNs);
            default:
                return Rfc3164(into, facility * 8 + level, who, clock.SyslogDate(nowNs), format == LogFormatKind.Rfc3164);
        }
    }

    /// <summary>RFC 3164 §4.1; "local" leaves the host name out. COMPAT: without log-send-hostname the name is "localhost".</summary>
    private static int Rfc3164(Span<byte> into, int priority, LogIdentity who, ReadOnlySpan<byte> date, bool withHost)
    {
        int at = Priority(into, 0, priority);
        at = Append(into, at, date);
        into[at++] = (byte)' ';
        if (withHost)
        {
            at = Append(into, at, who.HostName.Length > 0 ? who.HostName : "localhost"u8);
            into[at++] = (byte)' ';
        }
        at = Append(into, at, who.Tag);
        into[at++] = (byte)'[';
        at = Append(into, at, who.Pid);
        return Append(into, at, "]: "u8);
    }

    /// <summary>RFC 5424 §6: version 1, no message id, "-" for what is missing.</summary>
    private static int Rfc5424(
        Span<byte> into,
        int priority,
        LogIdentity who,
        ReadOnlySpan<byte> structuredData,
        LogBuffer clock,
        long nowNs
    )
    {
        int at = Priority(into, 0, priority);
        at = Append(into, at, "1 "u8);
        at += clock.WriteIso(nowNs, into[at..]);
        into[at++] = (byte)' ';
        at = Append(into, at, who.HostName.Length > 0 ? who.HostName : "-"u8);
        into[at++] = (byte)' ';
        at = Append(into, at, who.Tag.Length > 0 ? who.Tag : "-"u8);
        into[at++] = (byte)' ';
        at = Append(into, at, who.Pid);
        at = Append(into, at, " - "u8);
        at = Append(into, at, structuredData.Length > 0 ? structuredData : "-"u8);
        into[at++] = (byte)' ';
        return at;
    }

    private static int Priority(Span<byte> into, int at, int priority)
    {
        into[at++] = (byte)'<';
        priority.TryFormat(into[at..], out int n, default, CultureInfo.InvariantCulture);
        at += n;
        into[at++] = (byte)'>';
        return at;
    }

    private static int Append(Span<byte> into, int at, ReadOnlySpan<byte> text)
    {
        text.CopyTo(into[at..]);
        return at + text.Length;
    }
}
