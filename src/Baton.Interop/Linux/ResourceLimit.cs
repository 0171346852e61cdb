// The two limits of getrlimit(2) and setrlimit(2).
using System.Runtime.InteropServices;

namespace Baton.Interop.Linux;

[StructLayout(LayoutKind.Sequential)]
public struct ResourceLimit
{
    public ulong Current;
    public ulong Maximum;
}
