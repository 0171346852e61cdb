// What poll(2) waits for, and what it says of it.
using System.Runtime.InteropServices;

namespace Baton.Interop.Linux;

/// <summary>struct pollfd.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct PollDescriptor
{
    public int Fd;
    public short Events;
    public short Results;
}
