// A public key out of a file, which signatures are verified with.
// SAFETY: the key lives as long as this object, which is kept alive past each use of it; names end in a zero; all else is pinned or on the
// stack for the call, and its length goes with it.
using System;

namespace Baton.Interop.OpenSsl;

/// <summary>Used by any number of threads at once.</summary>
public sealed unsafe class PublicKey
{
    /// <summary>Two numbers of 66 bytes (P-521) in DER, and more.</summary>
    private const int MostDer = 160,
        MostNumber = 66;

    private readonly nint _key;

    private PublicKey(nint key) => _key = key;

    ~PublicKey() => Keys.EVP_PKEY_free(_key);

    public bool IsRsa => Signatures.EVP_PKEY_get_base_id(_key) == Signatures.EVP_PKEY_RSA;
    public bool IsEllipticCurve => Signatures.EVP_PKEY_get_base_id(_key) == Signatures.EVP_PKEY_EC;

    /// <summary>The first public key, or that of the first certificate, in PEM. Null when there is none, or no OpenSSL.</summary>
    public static PublicKey? Read(ReadOnlySpan<byte> pem)
    {
        if (!LibSsl.TryLoad())
            return null;
        nint key = ReadWith(pem, static bio => Signatures.PEM_read_bio_PUBKEY(bio, 0, 0, 0));
        if (key == 0)
            key = ReadWith(pem, static bio => OfCertificate(Signatures.PEM_read_bio_X509(bio, 0, 0, 0)));
        LibErrors.ERR_clear_error();
        return key == 0 ? null : new PublicKey(key);
    }

    private static nint ReadWith(ReadOnlySpan<byte> pem, Func<nint, nint> read)
    {
        fixed (byte* p = pem)
        {
            nint bio = Bio.BIO_new_mem_buf(p, pem.Length);
            nint key = bio == 0 ? 0 : read(bio);
            if (bio != 0)
                Bio.BIO_free(bio);
            return key;
        }
    }

    private static nint OfCertificate(nint certificate)
    {
        if (certificate == 0)
            return 0;
        nint key = Signatures.X509_get_pubkey(certificate);
        X509.X509_free(certificate);
        return key;
    }

    /// <summary>Whether the signature is that of the bytes. An elliptic curve's is two numbers of the same length, one behind the
    /// other.</summary>
    /// <param name="digest">"SHA256", with a zero behind it.</param>
    /// <param name="pss">RSASSA-PSS instead of PKCS #1 v1.5.</param>
    public bool Verify(ReadOnlySpan<byte> digest, bool pss, ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature)
    {
        Span<byte> der = stackalloc byte[MostDer];
        scoped ReadOnlySpan<byte> form = signature;
        if (IsEllipticCurve)
        {
            form = der[..ToDer(signature, der)];
            if (form.IsEmpty)
                return false;
        }
        nint context = Signatures.EVP_MD_CTX_new(),
            keyContext;
        bool right;
        fixed (
            byte* name = digest,
                bytes = signed,
                given = form
        )
            right =
                context != 0
                && Signatures.EVP_DigestVerifyInit(context, &keyContext, Signatures.EVP_get_digestbyname(name), 0, _key) == 1
                && (
                    !pss
                    || Signatures.EVP_PKEY_CTX_set_rsa_padding(keyContext, Signatures.RSA_PKCS1_PSS_PADDING) == 1
                        && Signatures.EVP_PKEY_CTX_set_rsa_pss_saltlen(keyContext, Signatures.RSA_PSS_SALTLEN_DIGEST) == 1
                )
                && Signatures.EVP_DigestVerify(context, given, (nuint)form.Length, bytes, (nuint)signed.Length) == 1;
        if (context != 0)
            Signatures.EVP_MD_CTX_free(context);
        if (!right)
            LibErrors.ERR_clear_error();
        GC.KeepAlive(this);
        return right;
    }

    /// <summary>The two numbers as OpenSSL wants them; 0 when they are none.</summary>
    private static int ToDer(ReadOnlySpan<byte> numbers, Span<byte> der)
    {
        int half = numbers.Length / 2;
        if (numbers.Length % 2 != 0 || half is 0 or > MostNumber)
            return 0;
        nint pair = Signatures.ECDSA_SIG_new();
        if (pair == 0)
            return 0;
        int length = 0;
        fixed (
            byte* n = numbers,
                to = der
        )
        {
            byte* at = to;
            if (Signatures.ECDSA_SIG_set0(pair, Signatures.BN_bin2bn(n, half, 0), Signatures.BN_bin2bn(n + half, half, 0)) == 1)
                length = Signatures.i2d_ECDSA_SIG(pair, &at);
        }
        Signatures.ECDSA_SIG_free(pair);
        return Math.Max(0, length);
    }
}
