// An object here that an SSL_CTX or a session of OpenSSL's owns: its handle is freed when that is.
// SAFETY: OpenSSL calls back once for each, when nobody has it any more; the handle is that one's alone.
using System;
using System.Runtime.InteropServices;
using Baton.Interop.OpenSsl;

namespace Baton.Engine.Tls;

internal static unsafe class OwnedHandle
{
    /// <summary>A new place in every context, for a GCHandle as a number.</summary>
    public static int ContextIndex() => Index(SslContext.EX_INDEX_SSL_CTX);

    /// <summary>The same in every session.</summary>
    public static int SessionIndex() => Index(SslContext.EX_INDEX_SSL);

    private static int Index(int kind)
    {
        delegate* unmanaged<nint, nint, nint, int, nint, nint, void> free = &Free;
        return SslContext.CRYPTO_get_ex_new_index(kind, 0, 0, 0, 0, (nint)free);
    }

    [UnmanagedCallersOnly]
    private static void Free(nint context, nint handle, nint data, int index, nint number, nint argument)
    {
        try
        {
            if (handle != 0)
                GCHandle.FromIntPtr(handle).Free();
        }
        catch (Exception e)
        {
            CallbackFault.Keep(e);
        }
    }
}
