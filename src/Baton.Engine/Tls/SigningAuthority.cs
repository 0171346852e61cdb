// Who signs the certificates that are made while the process runs (ca-sign-file), and the certificates.
using System;
using System.Collections.Generic;
using System.Security.Cryptography;
using Baton.Configuration.Model;
using Baton.Configuration.Values;
using Baton.Http.Certificates;
using Baton.Interop.OpenSsl;

namespace Baton.Engine.Tls;

/// <summary>Never changes, but for what the cache keeps here under its lock; any thread.</summary>
public sealed class SigningAuthority
{
    private readonly CertificateBundle _authority;
    private readonly byte[] _algorithm;

    private SigningAuthority(CertificateBundle authority, byte[] algorithm) => (_authority, _algorithm) = (authority, algorithm);

    /// <summary>Of <see cref="IssuedCertificates"/>: what it has made, by host.</summary>
    internal Dictionary<byte[], LinkedListNode<IssuedCertificates.Issued>> Made { get; } = new(Patterns.ByteKeyComparer.IgnoringCase);

    /// <summary>A PEM file with a certificate and its key, which may be in a file of its own beside it; null with the reason when
    /// something is wrong with them.</summary>
    /// <param name="passphrase">ca-sign-pass; null without.</param>
    public static SigningAuthority? Read(CertificateLoader loader, TlsFileName file, string? passphrase, out string error)
    {
        byte[]? text = FileBytes.Read(file.FullPath, out error);
        if (text is null)
            return null;
        var draft = new CertificateDraft(file.Name);
        SigningAuthority? read = null;
        if (!draft.TakePem(text))
            error = "there is no certificate in it";
        else
        {
            TakeKey(draft, text, passphrase);
            if (draft.Key is null && !draft.HasEncryptedKey && FileBytes.Read(file.FullPath + ".key", out _) is { } key)
            {
                draft.TakeKey(key);
                TakeKey(draft, key, passphrase);
                CryptographicOperations.ZeroMemory(key);
            }
            read = Make(loader, draft, passphrase is not null, out error);
        }
        CryptographicOperations.ZeroMemory(text);
        draft.Wipe();
        return read;
    }

    private static void TakeKey(CertificateDraft draft, byte[] text, string? passphrase)
    {
        if (draft.HasEncryptedKey && passphrase is not null && PrivateKeys.Decrypt(text, passphrase) is { } key)
            draft.TakeOpened(key);
    }

    private static SigningAuthority? Make(CertificateLoader loader, CertificateDraft draft, bool hasPassphrase, out string error)
    {
        if (draft.Key is null)
        {
            error =
                !draft.HasEncryptedKey ? $"No Private Key found in '{draft.Name}.key'"
                : hasPassphrase ? "its private key is encrypted, and 'ca-sign-pass' does not open it"
                : "its private key is encrypted (use 'ca-sign-pass')";
            return null;
        }
        if (loader.Make(draft, isFile: true, out error) is not { } bundle)
            return null;
        if (bundle.Load() && bundle.SigningAlgorithm is { } algorithm)
            return new SigningAuthority(bundle, algorithm);
        LibErrors.ERR_clear_error();
        error = "its private key is of a kind that certificates are not signed with here";
        return null;
    }

    /// <summary>A new certificate for a host; null when it is no host's name, or OpenSSL cannot.</summary>
    /// <param name="like">The certificate whose key it has.</param>
    public CertificateBundle? Issue(ReadOnlySpan<byte> host, CertificateBundle like)
    {
        if (
            !IssuedCertificate.IsHost(host)
            || !CertificateView.TryRead(_authority.Leaf, out CertificateView above)
            || !CertificateView.TryRead(like.Leaf, out CertificateView own)
        )
            return null;
        // RFC 5280 §4.1.2.2: above zero, and another one each time; processes and threads need not agree about a random one
        byte[] serial = RandomNumberGenerator.GetBytes(12);
        serial[0] = (byte)(serial[0] & 0x3F | 0x40);
        byte[] text = IssuedCertificate.ToSign(host, above, own, _algorithm, serial, DateTime.UtcNow);
        return _authority.Sign(text) is { } signature && like.Load()
            ? CertificateBundle.Issued(IssuedCertificate.Whole(text, _algorithm, signature), like, _authority)
            : null;
    }
}
