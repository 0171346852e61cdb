// z_stream of zlib.h.
// SAFETY: a layout only; who fills it in says what its pointers point to.
using System.Runtime.InteropServices;

namespace Baton.Interop.Zlib;

/// <summary>It stays where it is as long as the library knows it: its state points back to it.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct ZStream
{
    public byte* NextIn;
    public uint AvailableIn;
    public nuint TotalIn;
    public byte* NextOut;
    public uint AvailableOut;
    public nuint TotalOut;
    public byte* Message;
    public void* State;
    public void* Allocate;
    public void* Free;
    public void* Opaque;
    public int DataType;
    public nuint Adler;
    public nuint Reserved;
}
