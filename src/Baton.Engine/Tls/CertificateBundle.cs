// A certificate with what belongs to it: those above it, its private key, the authority's words about it. Its bytes are read at
// start; OpenSSL's objects are made of them when a handshake first needs them, because of a thousand certificates few are needed soon.
// SAFETY: the objects are made once under the lock, shared by all workers (OpenSSL counts references) and freed when nobody holds the
// bundle any more; sessions that use them have references of their own.
using System;
using System.Threading;
using Baton.Http.Certificates;
using Baton.Interop.OpenSsl;

namespace Baton.Engine.Tls;

/// <summary>Never changes; any thread.</summary>
public sealed unsafe class CertificateBundle
{
    private readonly Lock _lock = new();
    private byte* _keyBytes;
    private readonly int _keyLength;
    private nint _certificate,
        _key,
        _chain;
    private volatile bool _isLoaded;

    /// <param name="key">Copied: the caller wipes its own.</param>
    public CertificateBundle(string name, byte[] leaf, byte[][] chain, ReadOnlySpan<byte> key)
    {
        Name = name;
        Leaf = leaf;
        Chain = chain;
        _keyBytes = key.IsEmpty ? null : KeyMemory.Keep(key);
        _keyLength = key.Length;
        if (CertificateView.TryRead(leaf, out CertificateView view))
            Kind =
                ObjectNames.IsRsa(view.KeyAlgorithm) ? KeyKind.Rsa
                : ObjectNames.IsEllipticCurve(view.KeyAlgorithm) ? KeyKind.Ecdsa
                : KeyKind.Other;
        IsOrdinary = CertificateLoader.IsOrdinary(view);
    }

    /// <summary>One that was made here just now, with the key of another: OpenSSL's objects of that and of the authority's certificate
    /// are the same. Both are loaded. Null when OpenSSL does not understand it.</summary>
    internal static CertificateBundle? Issued(byte[] leaf, CertificateBundle like, CertificateBundle authority)
    {
        nint certificate = Parse(leaf);
        if (certificate == 0)
            return null;
        Keys.EVP_PKEY_up_ref(like._key);
        X509.X509_up_ref(authority._certificate);
        nint chain = X509.OPENSSL_sk_new_null();
        X509.OPENSSL_sk_push(chain, authority._certificate);
        GC.KeepAlive(like);
        GC.KeepAlive(authority);
        return new CertificateBundle(authority.Name, leaf, [authority.Leaf], default)
        {
            _certificate = certificate,
            _key = like._key,
            _chain = chain,
            _isLoaded = true,
        };
    }

    /// <summary>What <see cref="Sign"/> signs with, in DER; null when it signs no certificates. It is loaded.</summary>
    internal byte[]? SigningAlgorithm => PrivateKeys.AlgorithmOf(_key);

    /// <summary>A signature of its private key; null when OpenSSL cannot. It is loaded.</summary>
    internal byte[]? Sign(ReadOnlySpan<byte> text)
    {
        byte[]? signature = PrivateKeys.Sign(_key, text);
        GC.KeepAlive(this);
        return signature;
    }

    ~CertificateBundle()
    {
        if (_keyBytes is not null)
            KeyMemory.Return(_keyBytes, _keyLength);
        Free(_certificate, _key, _chain, Chain.Length);
    }

    /// <summary>The file's name as the configuration has it.</summary>
    public string Name { get; }

    /// <summary>In DER.</summary>
    public byte[] Leaf { get; }
    public byte[][] Chain { get; }
    public KeyKind Kind { get; }

    /// <summary>OpenSSL takes it, as far as its bytes tell: that can wait until it is needed.</summary>
    public bool IsOrdinary { get; }

    /// <summary>The authority's word that the certificate is not revoked, for clients that ask; null where nobody cares for it.</summary>
    public OcspStaple? Staple { get; internal set; }

    /// <summary>What says whether its files are as they were: a hash of them. Empty for what never was a file.</summary>
    public byte[] Origin { get; init; } = [];

    /// <summary>An operator has put it here; it is not what its files say.</summary>
    public bool IsChanged { get; init; }

    /// <summary>Timestamps of certificate transparency; null for none.</summary>
    public byte[]? Timestamps { get; init; }

    /// <summary>The certificate above, when the chain does not have it.</summary>
    public byte[]? Issuer { get; init; }

    /// <summary>The certificate that issued it, as far as it is known here; null when it is not.</summary>
    public byte[]? Authority =>
        Issuer is not null && CertificateDraft.IsAbove(Issuer, Leaf) ? Issuer
        : Chain.Length > 0 && CertificateDraft.IsAbove(Chain[0], Leaf) ? Chain[0]
        : null;

    /// <summary>Parameters of Diffie-Hellman in the file, a block of PEM; null for none.</summary>
    public byte[]? DhParameters { get; init; }

    /// <summary>Gives it to a session. False when OpenSSL does not take it; the reason is in its queue.</summary>
    public bool Use(nint ssl)
    {
        bool used = Load() && SslContext.SSL_use_cert_and_key(ssl, _certificate, _key, _chain, 1) == 1;
        GC.KeepAlive(this);
        return used;
    }

    /// <summary>Gives it to a context. False when OpenSSL does not take it; the reason is in its queue.</summary>
    public bool UseInContext(nint context)
    {
        bool used = Load() && SslContext.SSL_CTX_use_cert_and_key(context, _certificate, _key, _chain, 1) == 1;
        GC.KeepAlive(this);
        return used;
    }

    /// <summary>Makes OpenSSL's objects. False when it does not understand the bytes, or the key is another's.</summary>
    public bool Load()
    {
        if (_isLoaded)
            return true;
        lock (_lock)
        {
            if (_isLoaded)
                return true;
            if (_keyBytes is null)
                return false;
            nint certificate = Parse(Leaf),
                chain = X509.OPENSSL_sk_new_null();
            int links = 0;
            foreach (byte[] link in Chain)
            {
                if (Parse(link) is var above and not 0)
                {
                    X509.OPENSSL_sk_push(chain, above);
                    links++;
                }
            }
            byte* bytes = _keyBytes;
            nint key = Keys.d2i_AutoPrivateKey(0, &bytes, _keyLength);
            if (certificate == 0 || key == 0 || links < Chain.Length || X509.X509_check_private_key(certificate, key) != 1)
            {
                Free(certificate, key, chain, links);
                return false;
            }
            _certificate = certificate;
            _key = key;
            _chain = chain;
            KeyMemory.Return(_keyBytes, _keyLength);
            _keyBytes = null;
            _isLoaded = true;
            return true;
        }
    }

    /// <summary>Its private key, in DER. The caller wipes it.</summary>
    public byte[] CopyKey()
    {
        lock (_lock)
        {
            if (_keyBytes is not null)
            {
                byte[] copy = GC.AllocateUninitializedArray<byte>(_keyLength, pinned: true);
                new ReadOnlySpan<byte>(_keyBytes, _keyLength).CopyTo(copy);
                return copy;
            }
            byte* der = null;
            int length = _key == 0 ? 0 : Keys.i2d_PrivateKey(_key, &der);
            byte[] key = GC.AllocateUninitializedArray<byte>(Math.Max(0, length), pinned: true);
            if (length > 0)
                new ReadOnlySpan<byte>(der, length).CopyTo(key);
            if (der is not null)
                LibMemory.CRYPTO_clear_free(der, (nuint)Math.Max(0, length), null, 0);
            return key;
        }
    }

    /// <summary>OpenSSL's form of a certificate; 0 when it is none.</summary>
    internal static nint Parse(byte[] der)
    {
        fixed (byte* p = der)
        {
            byte* at = p;
            return X509.d2i_X509(0, &at, der.Length);
        }
    }

    private static void Free(nint certificate, nint key, nint chain, int links)
    {
        for (int i = 0; i < links && chain != 0; i++)
            X509.X509_free(X509.OPENSSL_sk_value(chain, i));
        if (chain != 0)
            X509.OPENSSL_sk_free(chain);
        if (certificate != 0)
            X509.X509_free(certificate);
        if (key != 0)
            Keys.EVP_PKEY_free(key);
    }
}
