// OpenSSL 3: what shakes hands, and whose ciphers carry on. Its two libraries are loaded at the first call, as the other libraries
// that users' configurations may need: a process without TLS neither needs nor pays for them.
//
// To add a function: its C declaration into the file of its prefix (Ssl.cs for SSL_, SslContext.cs for SSL_CTX_, Bio.cs, Evp.cs,
// X509.cs …), [LibraryImport(LibSsl.Ssl)] for libssl.so and LibSsl.Crypto for libcrypto.so. Pointers to its objects are nint, text is
// byte* with a zero behind it; what the headers make of a macro is SSL_ctrl or SSL_CTX_ctrl with its number. [SuppressGCTransition]
// only where it is short and calls nobody back: never what may run a callback of ours (SSL_do_handshake, SSL_read, SSL_CTX_*).
// SAFETY: declarations, and one call without pointers.
using System;
using System.Runtime.InteropServices;

namespace Baton.Interop.OpenSsl;

public static unsafe partial class LibSsl
{
    public const string Ssl = "libssl.so.3",
        Crypto = "libcrypto.so.3";

    /// <summary>The Debian package that brings both.</summary>
    public const string Package = "libssl3";

    /// <summary>Nothing is undone when the process exits: other threads may still be in the library then.</summary>
    private const ulong OPENSSL_INIT_NO_ATEXIT = 0x80000;

    [LibraryImport(Ssl)]
    private static partial int OPENSSL_init_ssl(ulong options, nint settings);

    /// <summary>Loads the libraries. False when they are not there: <see cref="Package"/> is to be installed.</summary>
    public static bool TryLoad()
    {
        try
        {
            return OPENSSL_init_ssl(OPENSSL_INIT_NO_ATEXIT, 0) == 1;
        }
        catch (DllNotFoundException)
        {
            return false;
        }
    }
}
