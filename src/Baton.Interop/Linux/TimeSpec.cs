// The kernel's time in seconds and nanoseconds.
using System.Runtime.InteropServices;

namespace Baton.Interop.Linux;

/// <summary>struct timespec.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct TimeSpec
{
    public long Seconds;
    public long Nanoseconds;
}
