// What SO_PEERCRED says.
using System.Runtime.InteropServices;

namespace Baton.Interop.Linux;

/// <summary>struct ucred: who is at the other end of a UNIX socket.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct PeerCredentials
{
    public int Pid;
    public int Uid;
    public int Gid;
}
