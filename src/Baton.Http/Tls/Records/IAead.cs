// What seals and opens records. The record layer says nonce, additional data and text; whoever implements it has contexts for keys.
using System;

namespace Baton.Http.Tls.Records;

/// <summary>OWNER: one worker.</summary>
public interface IAead
{
    /// <summary>Bytes of the tag behind every sealed text.</summary>
    const int TagLength = 16;

    /// <summary>Bytes of every nonce.</summary>
    const int NonceLength = 12;

    /// <summary>
    /// Seals <paramref name="plain"/>, and one byte behind it unless <paramref name="last"/> is negative, into <paramref name="sealed"/>,
    /// which is as long and has room for the tag. They may not overlap. False when the library refuses.
    /// </summary>
    bool Seal(
        AeadAlgorithm algorithm,
        ref DirectionKeys keys,
        ReadOnlySpan<byte> nonce,
        ReadOnlySpan<byte> additional,
        ReadOnlySpan<byte> plain,
        int last,
        Span<byte> @sealed
    );

    /// <summary>
    /// Opens what was sealed, tag and all, into <paramref name="plain"/>, which may begin where <paramref name="sealed"/> does and may
    /// not overlap it otherwise. False when the tag is wrong: what has been written then is to be forgotten.
    /// </summary>
    bool Open(
        AeadAlgorithm algorithm,
        ref DirectionKeys keys,
        ReadOnlySpan<byte> nonce,
        ReadOnlySpan<byte> additional,
        ReadOnlySpan<byte> @sealed,
        Span<byte> plain
    );

    /// <summary>The keys are not used again: nothing is to be kept of them.</summary>
    void Forget(ref DirectionKeys keys);
}
