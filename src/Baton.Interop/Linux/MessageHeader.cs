// The message of sendmsg(2) and recvmsg(2): pieces, address, and the descriptors that go with it.
// SAFETY: the one who fills it keeps name, pieces and control data in place until the call is over.
using System.Runtime.InteropServices;

namespace Baton.Interop.Linux;

/// <summary>struct msghdr (64-bit glibc, 56 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct MessageHeader
{
    public void* Name;
    public int NameLength;
    private readonly int _padding1;
    public IoVector* Vectors;
    public nint VectorCount;
    public void* Control;
    public nint ControlLength;
    public int Flags;
    private readonly int _padding2;
}
