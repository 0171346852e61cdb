// X509_*: certificates, revocation lists, and the stores that are believed.
// SAFETY: declarations only. What is made is freed by its maker; stores and contexts take a reference of their own unless said otherwise.
using System.Runtime.InteropServices;

namespace Baton.Interop.OpenSsl;

public static unsafe partial class X509
{
    /// <summary>X509_V_ERR_HOSTNAME_MISMATCH.</summary>
    public const int ERR_HOSTNAME_MISMATCH = 62;

    public const nuint FLAG_CRL_CHECK = 4,
        FLAG_CRL_CHECK_ALL = 8;

    [LibraryImport(LibSsl.Crypto)]
    public static partial nint d2i_X509(nint into, byte** der, nint length);

    [LibraryImport(LibSsl.Crypto)]
    public static partial int i2d_X509(nint certificate, byte** der);

    [LibraryImport(LibSsl.Crypto)]
    public static partial int X509_up_ref(nint certificate);

    [LibraryImport(LibSsl.Crypto)]
    public static partial void X509_free(nint certificate);

    [LibraryImport(LibSsl.Crypto)]
    public static partial int X509_check_private_key(nint certificate, nint key);

    [LibraryImport(LibSsl.Crypto)]
    public static partial nint d2i_X509_CRL(nint into, byte** der, nint length);

    [LibraryImport(LibSsl.Crypto)]
    public static partial void X509_CRL_free(nint list);

    [LibraryImport(LibSsl.Crypto)]
    public static partial nint X509_STORE_new();

    [LibraryImport(LibSsl.Crypto)]
    public static partial void X509_STORE_free(nint store);

    [LibraryImport(LibSsl.Crypto)]
    public static partial int X509_STORE_up_ref(nint store);

    [LibraryImport(LibSsl.Crypto)]
    public static partial int X509_STORE_add_cert(nint store, nint certificate);

    [LibraryImport(LibSsl.Crypto)]
    public static partial int X509_STORE_add_crl(nint store, nint list);

    [LibraryImport(LibSsl.Crypto)]
    public static partial int X509_STORE_set_flags(nint store, nuint flags);

    /// <summary>What X509_STORE_CTX_get_ex_data wants for the session that is verified for.</summary>
    [LibraryImport(LibSsl.Ssl)]
    public static partial int SSL_get_ex_data_X509_STORE_CTX_idx();

    [LibraryImport(LibSsl.Crypto)]
    public static partial nint X509_STORE_CTX_get_ex_data(nint verification, int index);

    [LibraryImport(LibSsl.Crypto)]
    public static partial int X509_STORE_CTX_get_error(nint verification);

    [LibraryImport(LibSsl.Crypto)]
    public static partial int X509_STORE_CTX_get_error_depth(nint verification);

    [LibraryImport(LibSsl.Crypto)]
    public static partial nint OPENSSL_sk_new_null();

    [LibraryImport(LibSsl.Crypto)]
    public static partial int OPENSSL_sk_push(nint stack, nint item);

    [LibraryImport(LibSsl.Crypto)]
    public static partial int OPENSSL_sk_num(nint stack);

    [LibraryImport(LibSsl.Crypto)]
    public static partial nint OPENSSL_sk_value(nint stack, int at);

    [LibraryImport(LibSsl.Crypto)]
    public static partial void OPENSSL_sk_free(nint stack);

    /// <summary>Directory of the certificates that the system believes; zero-terminated, not to be freed.</summary>
    [LibraryImport(LibSsl.Crypto)]
    public static partial byte* X509_get_default_cert_dir();
}
