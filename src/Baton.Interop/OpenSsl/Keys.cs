// Private keys, and parameters of Diffie-Hellman.
// SAFETY: declarations only.
using System.Runtime.InteropServices;

namespace Baton.Interop.OpenSsl;

public static unsafe partial class Keys
{
    /// <summary>PKCS#8, PKCS#1 or SEC 1, whichever it is.</summary>
    [LibraryImport(LibSsl.Crypto)]
    public static partial nint d2i_AutoPrivateKey(nint into, byte** der, nint length);

    /// <summary>Allocates what it writes; the caller frees it. The form that the key's kind is traditionally written in.</summary>
    [LibraryImport(LibSsl.Crypto)]
    public static partial int i2d_PrivateKey(nint key, byte** der);

    [LibraryImport(LibSsl.Crypto)]
    public static partial int EVP_PKEY_up_ref(nint key);

    [LibraryImport(LibSsl.Crypto)]
    public static partial void EVP_PKEY_free(nint key);

    [LibraryImport(LibSsl.Crypto)]
    public static partial int EVP_PKEY_get_bits(nint key);

    /// <summary>Groups of RFC 7919, by OpenSSL's numbers.</summary>
    public const int NID_ffdhe2048 = 1126,
        NID_ffdhe3072 = 1127,
        NID_ffdhe4096 = 1128,
        NID_ffdhe8192 = 1130;

    [LibraryImport(LibSsl.Crypto)]
    public static partial nint DH_new_by_nid(int group);

    [LibraryImport(LibSsl.Crypto)]
    public static partial void DH_free(nint parameters);

    /// <summary>Parameters in PEM: "DH PARAMETERS".</summary>
    [LibraryImport(LibSsl.Crypto)]
    public static partial nint PEM_read_bio_DHparams(nint bio, nint into, nint ask, nint argument);

    [LibraryImport(LibSsl.Crypto)]
    public static partial int RAND_bytes(byte* into, int length);

    [LibraryImport(LibSsl.Crypto)]
    public static partial nint EVP_aes_128_cbc();

    [LibraryImport(LibSsl.Crypto)]
    public static partial nint EVP_aes_256_cbc();

    [LibraryImport(LibSsl.Crypto)]
    public static partial int EVP_EncryptInit_ex(nint context, nint cipher, nint engine, byte* key, byte* nonce);

    [LibraryImport(LibSsl.Crypto)]
    public static partial int EVP_DecryptInit_ex(nint context, nint cipher, nint engine, byte* key, byte* nonce);

    [LibraryImport(LibSsl.Crypto)]
    public static partial int EVP_MAC_CTX_set_params(nint context, LibParameter* parameters);
}
