// The ciphers of the class library as another implementation than the one that is shipped.
using System;
using System.Security.Cryptography;
using Baton.Http.Tls.Records;

namespace Baton.UnitTests.Http.Tls.Records;

public sealed class ManagedAead : IAead
{
    public static readonly ManagedAead Instance = new();

    public bool Seal(
        AeadAlgorithm algorithm,
        ref DirectionKeys keys,
        ReadOnlySpan<byte> nonce,
        ReadOnlySpan<byte> additional,
        ReadOnlySpan<byte> plain,
        int last,
        Span<byte> @sealed
    )
    {
        byte[] text = [.. plain, .. last < 0 ? (byte[])[] : [(byte)last]];
        if (algorithm == AeadAlgorithm.ChaCha20Poly1305)
        {
            using var cipher = new ChaCha20Poly1305(keys.Key);
            cipher.Encrypt(nonce, text, @sealed[..text.Length], @sealed.Slice(text.Length, IAead.TagLength), additional);
            return true;
        }
        using var gcm = new AesGcm(Key(algorithm, ref keys), IAead.TagLength);
        gcm.Encrypt(nonce, text, @sealed[..text.Length], @sealed.Slice(text.Length, IAead.TagLength), additional);
        return true;
    }

    public bool Open(
        AeadAlgorithm algorithm,
        ref DirectionKeys keys,
        ReadOnlySpan<byte> nonce,
        ReadOnlySpan<byte> additional,
        ReadOnlySpan<byte> @sealed,
        Span<byte> plain
    )
    {
        ReadOnlySpan<byte> text = @sealed[..^IAead.TagLength],
            tag = @sealed[^IAead.TagLength..];
        try
        {
            if (algorithm == AeadAlgorithm.ChaCha20Poly1305)
            {
                using var cipher = new ChaCha20Poly1305(keys.Key);
                cipher.Decrypt(nonce, text, tag, plain, additional);
                return true;
            }
            using var gcm = new AesGcm(Key(algorithm, ref keys), IAead.TagLength);
            gcm.Decrypt(nonce, text, tag, plain, additional);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }

    private static ReadOnlySpan<byte> Key(AeadAlgorithm algorithm, ref DirectionKeys keys) =>
        keys.Key[..(algorithm == AeadAlgorithm.Aes128Gcm ? 16 : 32)];

    public void Forget(ref DirectionKeys keys) { }
}
