// What a certificate is made of, while it is put together: from files at start, or from what an operator sends ("set ssl cert") until it
// is committed or given up.
using System;
using System.Collections.Generic;
using System.Security.Cryptography;
using System.Text;
using Baton.Core.Frames;
using Baton.Http.Certificates;

namespace Baton.Engine.Tls;

/// <summary>OWNER: whoever holds the store's lock, or reads the configuration.</summary>
public sealed class CertificateDraft(string name)
{
    public string Name { get; } = name;

    /// <summary>Certificates in DER; null while there is none.</summary>
    public byte[]? Leaf { get; private set; }
    public byte[][] Chain { get; set; } = [];

    /// <summary>In DER; wiped by <see cref="Wipe"/>.</summary>
    public byte[]? Key { get; private set; }

    /// <summary>There is a key, and nobody to ask for its passphrase.</summary>
    public bool HasEncryptedKey { get; private set; }
    public byte[]? OcspResponse { get; private set; }
    public byte[]? Timestamps { get; private set; }
    public byte[]? Issuer { get; private set; }

    /// <summary>A block of PEM.</summary>
    public byte[]? DhParameters { get; private set; }

    /// <summary>A hash of its files; empty for what never was a file.</summary>
    public byte[] Origin { get; set; } = [];

    /// <summary>An operator has changed it.</summary>
    public bool IsChanged { get; set; }

    /// <summary>A copy of what is there, to be changed.</summary>
    public static CertificateDraft Of(CertificateBundle bundle) =>
        new(bundle.Name)
        {
            Leaf = bundle.Leaf,
            Chain = bundle.Chain,
            Key = bundle.CopyKey(),
            OcspResponse = bundle.Staple?.Response?.Der,
            Timestamps = bundle.Timestamps,
            Issuer = bundle.Issuer,
            DhParameters = bundle.DhParameters,
            Origin = bundle.Origin,
        };

    /// <summary>What the process before had under that name; null when it is no certificate.</summary>
    internal static CertificateDraft? Moved(string name, byte[] origin, ref FrameReader r)
    {
        byte[] leaf = r.Blob().ToArray();
        var chain = new List<byte[]>();
        for (int count = r.UInt16(); chain.Count < count && !r.IsShort; )
            chain.Add(r.Blob().ToArray());
        ReadOnlySpan<byte> bytes = r.Blob();
        byte[] key = GC.AllocateUninitializedArray<byte>(bytes.Length, pinned: true);
        bytes.CopyTo(key);
        var made = new CertificateDraft(name)
        {
            Leaf = leaf,
            Chain = [.. chain],
            Key = key,
            OcspResponse = Some(r.Blob()),
            Origin = origin,
            IsChanged = true,
        };
        if (r.Blob() is { IsEmpty: false } timestamps)
            made.TakeTimestamps(timestamps);
        made.Issuer = Some(r.Blob());
        made.DhParameters = Some(r.Blob());
        return !r.IsShort && IsCertificate(leaf) && chain.TrueForAll(IsCertificate) ? made : null;
    }

    private static byte[]? Some(ReadOnlySpan<byte> bytes) => bytes.IsEmpty ? null : bytes.ToArray();

    /// <summary>Certificate, chain, key and parameters of Diffie-Hellman. COMPAT: a key that is not in it is no longer there. False, and
    /// nothing taken, when there is no certificate in it.</summary>
    public bool TakePem(ReadOnlySpan<byte> text)
    {
        var certificates = new List<byte[]>();
        byte[]? key = null,
            parameters = null;
        bool isEncrypted = false;
        var blocks = new PemReader(text);
        while (blocks.Next())
        {
            if (blocks.Is("CERTIFICATE"u8) || blocks.Is("X509 CERTIFICATE"u8))
                certificates.Add(blocks.Content);
            else if (blocks.Label.EndsWith("PRIVATE KEY"u8))
            {
                isEncrypted |= blocks.IsEncrypted;
                key ??= blocks.IsEncrypted ? null : blocks.Content;
            }
            else if (blocks.Is("DH PARAMETERS"u8))
                parameters = Encoding.ASCII.GetBytes(PemReader.Write("DH PARAMETERS", blocks.Content));
        }
        if (blocks.IsDamaged || certificates.Count == 0 || !certificates.TrueForAll(IsCertificate))
        {
            CryptographicOperations.ZeroMemory(key);
            return false;
        }
        Wipe();
        // what was said of one certificate says nothing of another
        if (Leaf is not null && !Leaf.AsSpan().SequenceEqual(certificates[0]))
            (OcspResponse, Timestamps) = (null, null);
        (Leaf, Chain, Key) = (certificates[0], [.. certificates[1..]], key);
        HasEncryptedKey = isEncrypted && key is null;
        DhParameters = parameters ?? DhParameters;
        return true;
    }

    private static bool IsCertificate(byte[] der) => CertificateView.TryRead(der, out _);

    public bool TakeKey(ReadOnlySpan<byte> text)
    {
        var blocks = new PemReader(text);
        while (blocks.Next())
        {
            HasEncryptedKey |= blocks.IsEncrypted;
            if (!blocks.Label.EndsWith("PRIVATE KEY"u8) || blocks.IsEncrypted)
                continue;
            Wipe();
            Key = blocks.Content;
            HasEncryptedKey = false;
            return true;
        }
        return false;
    }

    /// <summary>A key that was encrypted, in DER; it is ours from here on.</summary>
    public void TakeOpened(byte[] key)
    {
        Wipe();
        Key = key;
        HasEncryptedKey = false;
    }

    /// <summary>The authority's certificate. False when it is none.</summary>
    public bool TakeIssuer(ReadOnlySpan<byte> text)
    {
        var blocks = new PemReader(text);
        if (!blocks.Next() || !CertificateView.TryRead(blocks.Content, out _))
            return false;
        Issuer = blocks.Content;
        return true;
    }

    public bool IssuerIsAbove => Issuer is not null && Leaf is not null && IsAbove(Issuer, Leaf);

    public void DropIssuer() => Issuer = null;

    public void TakeOcspResponse(byte[] der) => OcspResponse = der;

    /// <summary>Timestamps of certificate transparency. False when they are none.</summary>
    public bool TakeTimestamps(ReadOnlySpan<byte> list)
    {
        if (!IsTimestampList(list))
            return false;
        // OpenSSL is given a pointer to it
        Timestamps = GC.AllocateUninitializedArray<byte>(list.Length, pinned: true);
        list.CopyTo(Timestamps);
        return true;
    }

    /// <summary>RFC 6962 §3.3: a list of lists with their lengths in front.</summary>
    private static bool IsTimestampList(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 4 || (bytes[0] << 8 | bytes[1]) != bytes.Length - 2)
            return false;
        int at = 2;
        while (at + 2 <= bytes.Length)
            at += 2 + (bytes[at] << 8 | bytes[at + 1]);
        return at == bytes.Length;
    }

    /// <summary>The certificate that issued it, as far as it is known here; null when it is not.</summary>
    public byte[]? Authority =>
        Leaf is null ? null
        : IssuerIsAbove ? Issuer
        : Chain.Length > 0 && IsAbove(Chain[0], Leaf) ? Chain[0]
        : null;

    internal static bool IsAbove(byte[] der, byte[] leaf) =>
        CertificateView.TryRead(der, out CertificateView above)
        && CertificateView.TryRead(leaf, out CertificateView view)
        && above.Subject.SequenceEqual(view.Issuer);

    public void Wipe()
    {
        CryptographicOperations.ZeroMemory(Key);
        Key = null;
    }
}
