// A counter that several workers write without sharing a cache line.
namespace Baton.Engine;

/// <summary>A counter alone on its cache line.</summary>
[System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Explicit, Size = 64)]
public struct PaddedCounter
{
    [System.Runtime.InteropServices.FieldOffset(0)]
    public long Value;
}
