// The keys of one direction of a connection, and how far they have been used.
// SAFETY: fixed arrays of a struct that lies in native memory or on a stack; spans over them are not kept by anybody.
using System;
using System.Security.Cryptography;

namespace Baton.Http.Tls.Records;

public unsafe struct DirectionKeys
{
    public const int LongestSecret = 48,
        LongestKey = 32;

    private fixed byte _secret[LongestSecret];
    private fixed byte _key[LongestKey];
    private fixed byte _nonce[IAead.NonceLength];

    /// <summary>For who implements <see cref="IAead"/>: where it has a context with this key. Nothing of it leaves the process.</summary>
    public int ContextSlot;
    public ulong ContextStamp;

    /// <summary>Records that went under this key.</summary>
    public ulong Sequence;

    /// <summary>The part of the nonce that the next record carries (AES-GCM in TLS 1.2).</summary>
    public ulong ExplicitNonce;

    /// <summary>The traffic secret of TLS 1.3, from which the next one is made.</summary>
    public Span<byte> Secret => new(System.Runtime.CompilerServices.Unsafe.AsPointer(ref _secret[0]), LongestSecret);

    /// <summary>The cipher's key; shorter ones lie at the beginning.</summary>
    public Span<byte> Key => new(System.Runtime.CompilerServices.Unsafe.AsPointer(ref _key[0]), LongestKey);

    /// <summary>What a record's number is mixed with; only four bytes of it with AES-GCM in TLS 1.2.</summary>
    public Span<byte> Nonce => new(System.Runtime.CompilerServices.Unsafe.AsPointer(ref _nonce[0]), IAead.NonceLength);

    /// <summary>Leaves nothing behind.</summary>
    public void Wipe()
    {
        CryptographicOperations.ZeroMemory(Secret);
        CryptographicOperations.ZeroMemory(Key);
        CryptographicOperations.ZeroMemory(Nonce);
        ContextStamp = Sequence = ExplicitNonce = 0;
        ContextSlot = 0;
    }
}
