// OSSL_PARAM: how settings are handed to OpenSSL's algorithms.
// SAFETY: a declaration; key and data are pinned by the caller for the call.
using System.Runtime.InteropServices;

namespace Baton.Interop.OpenSsl;

/// <summary>A list of them ends with one of zeros. Key and data are the caller's.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct LibParameter
{
    public const uint Utf8String = 4,
        OctetString = 5;

    public byte* Key;
    public uint DataType;
    public void* Data;
    public nuint DataSize;
    public nuint ReturnSize;
}
