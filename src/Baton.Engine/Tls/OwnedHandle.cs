// An object here that an SSL_CTX of OpenSSL's owns: its handle is freed when the SSL_CTX is.
// SAFETY: OpenSSL calls back once for each SSL_CTX, when nobody has it any more; the handle is that context's alone.
using System;
using System.Runtime.InteropServices;
using Baton.Interop.OpenSsl;

namespace Baton.Engine.Tls;

internal static unsafe class OwnedHandle
{
    /// <summary>A new place in every context, for a GCHandle as a number.</summary>
    public static int ContextIndex()
    {
        delegate* unmanaged<nint, nint, nint, int, nint, nint, void> free = &Free;
        return SslContext.CRYPTO_get_ex_new_index(SslContext.EX_INDEX_SSL_CTX, 0, 0, 0, 0, (nint)free);
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
