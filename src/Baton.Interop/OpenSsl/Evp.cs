// EVP_*: ciphers, digests and their like. PERF: what the record layer calls is short and skips the GC transition, as the socket calls
// do; ciphers are fetched once, because a name that is looked up for each use costs more than a small record's encryption.
// SAFETY: declarations only; a context belongs to one worker.
using System.Runtime.InteropServices;

namespace Baton.Interop.OpenSsl;

public static unsafe partial class Evp
{
    public const int CTRL_AEAD_SET_IVLEN = 0x9,
        CTRL_AEAD_GET_TAG = 0x10,
        CTRL_AEAD_SET_TAG = 0x11;

    /// <summary>A cipher of that name from a library context (0: the process's).</summary>
    [LibraryImport(LibSsl.Crypto)]
    public static partial nint EVP_CIPHER_fetch(nint library, byte* name, byte* properties);

    [LibraryImport(LibSsl.Crypto)]
    public static partial void EVP_CIPHER_free(nint cipher);

    [LibraryImport(LibSsl.Crypto)]
    public static partial nint EVP_CIPHER_CTX_new();

    [LibraryImport(LibSsl.Crypto)]
    public static partial void EVP_CIPHER_CTX_free(nint context);

    [LibraryImport(LibSsl.Crypto), SuppressGCTransition]
    public static partial int EVP_CIPHER_CTX_ctrl(nint context, int command, int number, byte* pointer);

    /// <summary>What is 0 (cipher, key, nonce) or -1 (encrypt) stays as it is.</summary>
    [LibraryImport(LibSsl.Crypto), SuppressGCTransition]
    public static partial int EVP_CipherInit_ex(nint context, nint cipher, nint engine, byte* key, byte* nonce, int encrypt);

    /// <summary>With <paramref name="output"/> null it takes additional data.</summary>
    [LibraryImport(LibSsl.Crypto), SuppressGCTransition]
    public static partial int EVP_CipherUpdate(nint context, byte* output, int* written, byte* input, int length);

    [LibraryImport(LibSsl.Crypto), SuppressGCTransition]
    public static partial int EVP_CipherFinal_ex(nint context, byte* output, int* written);
}
