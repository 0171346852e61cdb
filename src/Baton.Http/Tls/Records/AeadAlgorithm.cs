// The ciphers that a record is sealed with when its suite is an AEAD one.
namespace Baton.Http.Tls.Records;

/// <summary>All have a tag of 16 bytes and a nonce of 12.</summary>
public enum AeadAlgorithm : byte
{
    None,
    Aes128Gcm,
    Aes256Gcm,
    ChaCha20Poly1305,
}
