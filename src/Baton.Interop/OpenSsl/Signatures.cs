// Public keys, and what is signed with them.
// SAFETY: declarations only; PublicKey says what its pointers point to.
using System.Runtime.InteropServices;

namespace Baton.Interop.OpenSsl;

internal static unsafe partial class Signatures
{
    public const int EVP_PKEY_RSA = 6,
        EVP_PKEY_EC = 408,
        RSA_PKCS1_PSS_PADDING = 6,
        /// <summary>The salt is as long as the digest (RFC 7518 §3.5).</summary>
        RSA_PSS_SALTLEN_DIGEST = -1;

    [LibraryImport(LibSsl.Crypto)]
    public static partial nint PEM_read_bio_PUBKEY(nint bio, nint into, nint ask, nint argument);

    /// <summary>With nobody to ask (0) the argument is the passphrase, zero-terminated.</summary>
    [LibraryImport(LibSsl.Crypto)]
    public static partial nint PEM_read_bio_PrivateKey(nint bio, nint into, nint ask, byte* argument);

    [LibraryImport(LibSsl.Crypto)]
    public static partial int EVP_DigestSignInit(nint context, nint* keyContext, nint digest, nint engine, nint key);

    /// <summary>Without a place for it, says how long the signature is at most.</summary>
    [LibraryImport(LibSsl.Crypto)]
    public static partial int EVP_DigestSign(nint context, byte* signature, nuint* signatureLength, byte* signed, nuint length);

    [LibraryImport(LibSsl.Crypto)]
    public static partial nint PEM_read_bio_X509(nint bio, nint into, nint ask, nint argument);

    [LibraryImport(LibSsl.Crypto)]
    public static partial nint X509_get_pubkey(nint certificate);

    [LibraryImport(LibSsl.Crypto)]
    public static partial int EVP_PKEY_get_base_id(nint key);

    [LibraryImport(LibSsl.Crypto)]
    public static partial nint EVP_get_digestbyname(byte* name);

    [LibraryImport(LibSsl.Crypto)]
    public static partial nint EVP_MD_CTX_new();

    [LibraryImport(LibSsl.Crypto)]
    public static partial void EVP_MD_CTX_free(nint context);

    [LibraryImport(LibSsl.Crypto)]
    public static partial int EVP_DigestVerifyInit(nint context, nint* keyContext, nint digest, nint engine, nint key);

    [LibraryImport(LibSsl.Crypto)]
    public static partial int EVP_DigestVerify(nint context, byte* signature, nuint signatureLength, byte* signed, nuint length);

    [LibraryImport(LibSsl.Crypto)]
    public static partial int EVP_PKEY_CTX_set_rsa_padding(nint keyContext, int padding);

    [LibraryImport(LibSsl.Crypto)]
    public static partial int EVP_PKEY_CTX_set_rsa_pss_saltlen(nint keyContext, int length);

    [LibraryImport(LibSsl.Crypto)]
    public static partial nint BN_bin2bn(byte* bytes, int length, nint into);

    [LibraryImport(LibSsl.Crypto)]
    public static partial nint ECDSA_SIG_new();

    [LibraryImport(LibSsl.Crypto)]
    public static partial void ECDSA_SIG_free(nint signature);

    /// <summary>Takes both numbers.</summary>
    [LibraryImport(LibSsl.Crypto)]
    public static partial int ECDSA_SIG_set0(nint signature, nint r, nint s);

    [LibraryImport(LibSsl.Crypto)]
    public static partial int i2d_ECDSA_SIG(nint signature, byte** der);
}
