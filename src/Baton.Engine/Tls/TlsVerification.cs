// Verification of the other side's certificate: which faults end the handshake, and which are only remembered (ca-ignore-err,
// crt-ignore-err).
// SAFETY: the callback runs on the thread that called OpenSSL, for a session and a context that live; what it throws is kept for after the
// call (CallbackFault). What a context points to is a handle that goes with it (OwnedHandle).
using System;
using System.Runtime.InteropServices;
using System.Threading;
using Baton.Configuration.Model;
using Baton.Interop.OpenSsl;

namespace Baton.Engine.Tls;

internal static unsafe class TlsVerification
{
    /// <summary>Of sessions: the faults passed over, packed.</summary>
    private static readonly Lazy<int> FaultIndex = new(Index, LazyThreadSafetyMode.ExecutionAndPublication);

    /// <summary>Of contexts: their settings.</summary>
    private static readonly Lazy<int> SettingsIndex = new(OwnedHandle.ContextIndex, LazyThreadSafetyMode.ExecutionAndPublication);

    private static int Index() => SslContext.CRYPTO_get_ex_new_index(SslContext.EX_INDEX_SSL, 0, 0, 0, 0, 0);

    public static void Set(nint context, int mode, TlsSettings settings)
    {
        // made here, where nobody minds, and not in the callback
        _ = FaultIndex.Value;
        SslContext.SSL_CTX_set_ex_data(context, SettingsIndex.Value, GCHandle.ToIntPtr(GCHandle.Alloc(settings)));
        SslContext.SSL_CTX_set_verify(context, mode, mode == SslContext.VERIFY_NONE ? null : &Judge);
    }

    /// <summary>Gives a session what another context asks of the other side.</summary>
    public static void Switch(nint ssl, TlsSettings settings)
    {
        int mode = settings.Verify switch
        {
            TlsVerify.Optional => SslContext.VERIFY_PEER,
            TlsVerify.Required => SslContext.VERIFY_PEER | SslContext.VERIFY_FAIL_IF_NO_PEER_CERT,
            _ => SslContext.VERIFY_NONE,
        };
        SslContext.SSL_set_verify(ssl, mode, mode == SslContext.VERIFY_NONE ? null : &Judge);
    }

    /// <summary>The first faults that were passed over, for fetches.</summary>
    public static void Tell(nint ssl, TlsFacts facts)
    {
        if (!FaultIndex.IsValueCreated)
            return;
        nint packed = Ssl.SSL_get_ex_data(ssl, FaultIndex.Value);
        facts.IgnoredCertificateFault = (int)(packed & 0xFF);
        facts.IgnoredAuthorityFault = (int)(packed >> 8 & 0xFF);
        facts.IgnoredAuthorityDepth = (int)(packed >> 16 & 0xFF);
    }

    [UnmanagedCallersOnly]
    private static int Judge(int ok, nint verification)
    {
        if (ok != 0)
            return ok;
        try
        {
            CallbackFault.Enter();
            return Judge(verification);
        }
        catch (Exception e)
        {
            CallbackFault.Keep(e);
            return 0;
        }
    }

    private static int Judge(nint verification)
    {
        nint ssl = X509.X509_STORE_CTX_get_ex_data(verification, X509.SSL_get_ex_data_X509_STORE_CTX_idx());
        nint handle = SslContext.SSL_CTX_get_ex_data(Ssl.SSL_get_SSL_CTX(ssl), SettingsIndex.Value);
        if (handle == 0 || GCHandle.FromIntPtr(handle).Target is not TlsSettings settings)
            return 0;
        int error = X509.X509_STORE_CTX_get_error(verification),
            depth = X509.X509_STORE_CTX_get_error_depth(verification);
        nint packed = Ssl.SSL_get_ex_data(ssl, FaultIndex.Value);
        if (depth > 0)
        {
            if ((packed >> 8 & 0xFF) == 0)
                packed |= (nint)(error & 0xFF) << 8 | (nint)Math.Min(depth, 255) << 16;
        }
        else if ((packed & 0xFF) == 0)
            packed |= error & 0xFF;
        Ssl.SSL_set_ex_data(ssl, FaultIndex.Value, packed);
        bool passes = (depth > 0 ? settings.IgnoredAuthorityErrors : settings.IgnoredCertificateErrors).Contains(error);
        if (passes)
            LibErrors.ERR_clear_error();
        return passes ? 1 : 0;
    }
}
