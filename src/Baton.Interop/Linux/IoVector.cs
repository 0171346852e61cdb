// One piece of a scattered read or gathered write (readv(2), sendmsg(2)).
// SAFETY: the one who fills it keeps what the pointer leads to in place until the call is over.
using System.Runtime.InteropServices;

namespace Baton.Interop.Linux;

/// <summary>struct iovec.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct IoVector
{
    public void* Base;
    public nint Length;
}
