// What a cipher suite's number says to the record layer. Suites that are not listed (CBC, CCM, NULL) it does not speak.
using System.Collections.Frozen;
using System.Collections.Generic;

namespace Baton.Http.Tls.Records;

/// <param name="Algorithm">What seals records.</param>
/// <param name="IsSha384">The hash of key derivation is SHA-384, else SHA-256.</param>
public readonly record struct CipherSuite(AeadAlgorithm Algorithm, bool IsSha384)
{
    public int KeyLength => Algorithm == AeadAlgorithm.Aes128Gcm ? 16 : 32;
    public int HashLength => IsSha384 ? 48 : 32;

    private static readonly FrozenDictionary<ushort, CipherSuite> s_suites = new Dictionary<ushort, CipherSuite>
    {
        // RFC 8446 B.4
        [0x1301] = new(AeadAlgorithm.Aes128Gcm, false),
        [0x1302] = new(AeadAlgorithm.Aes256Gcm, true),
        [0x1303] = new(AeadAlgorithm.ChaCha20Poly1305, false),
        // RFC 5288: RSA, DHE-RSA
        [0x009C] = new(AeadAlgorithm.Aes128Gcm, false),
        [0x009D] = new(AeadAlgorithm.Aes256Gcm, true),
        [0x009E] = new(AeadAlgorithm.Aes128Gcm, false),
        [0x009F] = new(AeadAlgorithm.Aes256Gcm, true),
        // RFC 5289: ECDHE-ECDSA, ECDHE-RSA
        [0xC02B] = new(AeadAlgorithm.Aes128Gcm, false),
        [0xC02C] = new(AeadAlgorithm.Aes256Gcm, true),
        [0xC02F] = new(AeadAlgorithm.Aes128Gcm, false),
        [0xC030] = new(AeadAlgorithm.Aes256Gcm, true),
        // RFC 7905: ECDHE-RSA, ECDHE-ECDSA, DHE-RSA
        [0xCCA8] = new(AeadAlgorithm.ChaCha20Poly1305, false),
        [0xCCA9] = new(AeadAlgorithm.ChaCha20Poly1305, false),
        [0xCCAA] = new(AeadAlgorithm.ChaCha20Poly1305, false),
    }.ToFrozenDictionary();

    /// <summary>The suite of that number; an algorithm of None for one that is not spoken here.</summary>
    public static CipherSuite Of(ushort number) => s_suites.GetValueOrDefault(number);
}
