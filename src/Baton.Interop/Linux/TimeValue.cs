// The kernel's time in seconds and microseconds.
using System.Runtime.InteropServices;

namespace Baton.Interop.Linux;

/// <summary>struct timeval.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct TimeValue
{
    public long Seconds;
    public long Microseconds;
}
