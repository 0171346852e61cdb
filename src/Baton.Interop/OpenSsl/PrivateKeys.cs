// What is done with a private key here: signing, and reading one that is encrypted.
// SAFETY: keys belong to the caller and live for the call; all else is pinned or on the stack for the call, with its length.
using System;
using System.Runtime.InteropServices;
using System.Text;

namespace Baton.Interop.OpenSsl;

public static unsafe class PrivateKeys
{
    private const int EVP_PKEY_ED25519 = 1087;

    /// <summary>The algorithm that <see cref="Sign"/> signs with, in DER; null for a key that certificates are not signed with.</summary>
    public static byte[]? AlgorithmOf(nint key) =>
        Signatures.EVP_PKEY_get_base_id(key) switch
        {
            // sha256WithRSAEncryption
            Signatures.EVP_PKEY_RSA => [0x30, 13, 6, 9, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, 11, 5, 0],
            // ecdsa-with-SHA256
            Signatures.EVP_PKEY_EC => [0x30, 10, 6, 8, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 4, 3, 2],
            EVP_PKEY_ED25519 => [0x30, 5, 6, 3, 0x2B, 0x65, 0x70],
            _ => null,
        };

    /// <summary>A signature with SHA-256, or as Ed25519 has it; null when OpenSSL cannot.</summary>
    public static byte[]? Sign(nint key, ReadOnlySpan<byte> text)
    {
        nint digest = 0;
        fixed (byte* name = "SHA256\0"u8)
            if (Signatures.EVP_PKEY_get_base_id(key) != EVP_PKEY_ED25519)
                digest = Signatures.EVP_get_digestbyname(name);
        nint context = Signatures.EVP_MD_CTX_new();
        if (context == 0)
            return null;
        byte[]? signature = null;
        fixed (byte* bytes = text)
        {
            nuint length = 0;
            if (
                Signatures.EVP_DigestSignInit(context, null, digest, 0, key) == 1
                && Signatures.EVP_DigestSign(context, null, &length, bytes, (nuint)text.Length) == 1
            )
            {
                signature = new byte[length];
                fixed (byte* into = signature)
                    if (Signatures.EVP_DigestSign(context, into, &length, bytes, (nuint)text.Length) != 1)
                        length = 0;
                signature = length > 0 ? signature[..(int)length] : null;
            }
        }
        Signatures.EVP_MD_CTX_free(context);
        if (signature is null)
            LibErrors.ERR_clear_error();
        return signature;
    }

    /// <summary>The first private key of a PEM text that a passphrase opens, in DER; null when it is another's passphrase. The caller
    /// wipes it.</summary>
    public static byte[]? Decrypt(ReadOnlySpan<byte> pem, string passphrase)
    {
        byte[] pass = Encoding.UTF8.GetBytes(passphrase + '\0');
        nint key;
        fixed (
            byte* text = pem,
                p = pass
        )
        {
            nint bio = Bio.BIO_new_mem_buf(text, pem.Length);
            if (bio == 0)
                return null;
            // without somebody to ask, the argument is the passphrase
            key = Signatures.PEM_read_bio_PrivateKey(bio, 0, 0, p);
            Bio.BIO_free(bio);
        }
        LibErrors.ERR_clear_error();
        if (key == 0)
            return null;
        byte* der = null;
        int length = Math.Max(0, Keys.i2d_PrivateKey(key, &der));
        byte[] made = GC.AllocateUninitializedArray<byte>(length, pinned: true);
        new ReadOnlySpan<byte>(der, length).CopyTo(made);
        if (der is not null)
            LibMemory.CRYPTO_clear_free(der, (nuint)length, null, 0);
        Keys.EVP_PKEY_free(key);
        return made;
    }
}
