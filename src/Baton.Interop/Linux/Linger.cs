// The value of SO_LINGER: how close(2) treats what was not sent yet.
using System.Runtime.InteropServices;

namespace Baton.Interop.Linux;

/// <summary>struct linger.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct Linger
{
    public int OnOff;
    public int Seconds;
}
