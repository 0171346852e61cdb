// Where a worker builds log lines: one native area with room for a header in front of the message, so that header, message
// and line feed leave in one call; and the clock texts that change once a second.
// SAFETY: one area as long as the worker lives (a notice frees its own): HeaderRoom bytes, Message with MaxMessage and one for
// the line feed, StructuredData with MaxStructuredData; spans over them are made with these lengths.
using System;
using System.Globalization;
using System.Runtime.InteropServices;
using Baton.Interop.Linux;

namespace Baton.Engine.Logs.Senders;

/// <summary>OWNER: one worker.</summary>
public sealed unsafe class LogBuffer
{
    public const int HeaderRoom = 4096,
        MaxMessage = 65535,
        MaxStructuredData = 2048;

    private readonly byte* _area = (byte*)NativeMemory.Alloc(HeaderRoom + MaxMessage + 1 + MaxStructuredData);
    private readonly byte[] _syslogDate = new byte[15],
        _isoSecond = new byte[19],
        _isoOffset = new byte[6];
    private long _second = -1;

    /// <summary>Where the message begins; a header ends here.</summary>
    public byte* Message => _area + HeaderRoom;
    public byte* StructuredData => _area + HeaderRoom + MaxMessage + 1;

    /// <summary>"Nov 23 20:22:44", local time.</summary>
    public ReadOnlySpan<byte> SyslogDate(long nowNs)
    {
        Refresh(nowNs);
        return _syslogDate;
    }

    /// <summary>Writes "2026-11-23T20:22:44.475344+00:00" (32 bytes), local time.</summary>
    public int WriteIso(long nowNs, Span<byte> into)
    {
        Refresh(nowNs);
        _isoSecond.CopyTo(into);
        into[19] = (byte)'.';
        ((int)(nowNs / 1000 % 1_000_000)).TryFormat(into[20..], out _, "D6", CultureInfo.InvariantCulture);
        _isoOffset.CopyTo(into[26..]);
        return 32;
    }

    private void Refresh(long nowNs)
    {
        long second = nowNs / 1_000_000_000;
        if (second == _second)
            return;
        _second = second;
        DateTime utc = DateTime.UnixEpoch.AddSeconds(second);
        TimeSpan offset = TimeZoneInfo.Local.GetUtcOffset(utc);
        DateTime local = utc + offset;
        local.TryFormat(_isoSecond, out _, "yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture);
        local.TryFormat(_syslogDate, out _, "MMM dd HH:mm:ss", CultureInfo.InvariantCulture);
        if (_syslogDate[4] == (byte)'0')
            _syslogDate[4] = (byte)' ';
        int minutes = (int)offset.TotalMinutes;
        _isoOffset[0] = (byte)(minutes < 0 ? '-' : '+');
        minutes = Math.Abs(minutes);
        (minutes / 60).TryFormat(_isoOffset.AsSpan(1), out _, "D2", CultureInfo.InvariantCulture);
        _isoOffset[3] = (byte)':';
        (minutes % 60).TryFormat(_isoOffset.AsSpan(4), out _, "D2", CultureInfo.InvariantCulture);
    }

    /// <summary>Frees the area; the worker is gone.</summary>
    public void Free() => NativeMemory.Free(_area);
}
