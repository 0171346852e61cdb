// Seconds since 1970 as text in a strftime format, in local or universal time, with the C library's zone rules and names.
// SAFETY: tm has room for struct tm; strftime stays within the length it gets, and the format ends with a zero byte, which is
// checked.
using System;
using System.Runtime.InteropServices;

namespace Baton.Interop.Linux;

public static unsafe partial class CalendarTime
{
    /// <summary>Room for the C library's struct tm: 56 bytes on 64-bit Linux.</summary>
    internal const int TmSize = 64;

    [LibraryImport("libc")]
    private static partial byte* localtime_r(long* seconds, byte* tm);

    [LibraryImport("libc")]
    private static partial byte* gmtime_r(long* seconds, byte* tm);

    [LibraryImport("libc")]
    private static partial nint strftime(byte* to, nint size, byte* format, byte* tm);

    /// <summary>Writes the time; the bytes written, 0 when it does not fit or the year is beyond reach. The format ends with a zero
    /// byte.</summary>
    public static int Format(long seconds, bool local, ReadOnlySpan<byte> format, Span<byte> to)
    {
        if (format.IsEmpty || format[^1] != 0)
            return 0;
        byte* tm = stackalloc byte[TmSize];
        if ((local ? localtime_r(&seconds, tm) : gmtime_r(&seconds, tm)) == null)
            return 0;
        fixed (byte* f = format)
        fixed (byte* t = to)
            return (int)strftime(t, to.Length, f, tm);
    }
}
