// From the secrets of a handshake to the keys of its records (RFC 8446 §7, RFC 5246 §5 and §6.3). Texts are short and lie on the
// stack, which is wiped.
using System;
using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Baton.Http.Tls.Records;

public static class KeySchedule
{
    private const int LongestHash = 48;

    /// <summary>TLS 1.3: HKDF-Expand-Label without context, for at most as many bytes as the hash has.</summary>
    public static void ExpandLabel(bool sha384, ReadOnlySpan<byte> secret, ReadOnlySpan<byte> label, Span<byte> into)
    {
        ReadOnlySpan<byte> prefix = "tls13 "u8;
        Span<byte> info = stackalloc byte[64];
        BinaryPrimitives.WriteUInt16BigEndian(info, (ushort)into.Length);
        info[2] = (byte)(prefix.Length + label.Length);
        prefix.CopyTo(info[3..]);
        label.CopyTo(info[(3 + prefix.Length)..]);
        int length = 3 + prefix.Length + label.Length;
        info[length++] = 0;
        info[length++] = 1;
        Span<byte> block = stackalloc byte[LongestHash];
        Hmac(sha384, secret, info[..length], block);
        block[..into.Length].CopyTo(into);
        CryptographicOperations.ZeroMemory(block);
    }

    /// <summary>TLS 1.3: the keys that follow from a traffic secret; the count of records begins again.</summary>
    public static void SetSecret(ref DirectionKeys keys, CipherSuite suite, ReadOnlySpan<byte> secret)
    {
        secret[..suite.HashLength].CopyTo(keys.Secret);
        ExpandLabel(suite.IsSha384, keys.Secret[..suite.HashLength], "key"u8, keys.Key[..suite.KeyLength]);
        ExpandLabel(suite.IsSha384, keys.Secret[..suite.HashLength], "iv"u8, keys.Nonce);
        keys.Sequence = 0;
    }

    /// <summary>TLS 1.3: the keys after these (KeyUpdate, RFC 8446 §7.2).</summary>
    public static void Advance(ref DirectionKeys keys, CipherSuite suite)
    {
        Span<byte> next = stackalloc byte[LongestHash];
        ExpandLabel(suite.IsSha384, keys.Secret[..suite.HashLength], "traffic upd"u8, next[..suite.HashLength]);
        SetSecret(ref keys, suite, next);
        CryptographicOperations.ZeroMemory(next);
    }

    /// <summary>TLS 1.2: the keys of both directions out of the master secret. Both counts of records begin at 0.</summary>
    public static void SetMaster(
        ref DirectionKeys client,
        ref DirectionKeys server,
        CipherSuite suite,
        ReadOnlySpan<byte> master,
        ReadOnlySpan<byte> clientRandom,
        ReadOnlySpan<byte> serverRandom
    )
    {
        int nonce = suite.Algorithm == AeadAlgorithm.ChaCha20Poly1305 ? IAead.NonceLength : SaltLength;
        Span<byte> seed = stackalloc byte[64];
        serverRandom.CopyTo(seed);
        clientRandom.CopyTo(seed[32..]);
        Span<byte> block = stackalloc byte[2 * (DirectionKeys.LongestKey + IAead.NonceLength)];
        block = block[..(2 * (suite.KeyLength + nonce))];
        Prf(suite.IsSha384, master, "key expansion"u8, seed, block);
        Take(ref block, suite.KeyLength, client.Key);
        Take(ref block, suite.KeyLength, server.Key);
        Take(ref block, nonce, client.Nonce);
        Take(ref block, nonce, server.Nonce);
        client.Sequence = server.Sequence = 0;
    }

    /// <summary>Bytes of the nonce of AES-GCM in TLS 1.2 that are secret (RFC 5288 §3).</summary>
    internal const int SaltLength = 4;

    private static void Take(ref Span<byte> block, int length, Span<byte> into)
    {
        block[..length].CopyTo(into);
        CryptographicOperations.ZeroMemory(block[..length]);
        block = block[length..];
    }

    /// <summary>The pseudo-random function of TLS 1.2 (RFC 5246 §5).</summary>
    public static void Prf(bool sha384, ReadOnlySpan<byte> secret, ReadOnlySpan<byte> label, ReadOnlySpan<byte> seed, Span<byte> into)
    {
        int hash = sha384 ? 48 : 32;
        // A(i) in front of label and seed
        Span<byte> text = stackalloc byte[LongestHash + 128];
        Span<byte> labelled = text.Slice(hash, label.Length + seed.Length);
        label.CopyTo(labelled);
        seed.CopyTo(labelled[label.Length..]);
        Span<byte> block = stackalloc byte[LongestHash];
        Hmac(sha384, secret, labelled, block);
        while (into.Length > 0)
        {
            block[..hash].CopyTo(text);
            Hmac(sha384, secret, text[..(hash + labelled.Length)], block);
            int part = Math.Min(hash, into.Length);
            block[..part].CopyTo(into);
            into = into[part..];
            Hmac(sha384, secret, text[..hash], block);
        }
        CryptographicOperations.ZeroMemory(block);
        CryptographicOperations.ZeroMemory(text);
    }

    private static void Hmac(bool sha384, ReadOnlySpan<byte> key, ReadOnlySpan<byte> text, Span<byte> into)
    {
        if (sha384)
            HMACSHA384.HashData(key, text, into);
        else
            HMACSHA256.HashData(key, text, into);
    }
}
