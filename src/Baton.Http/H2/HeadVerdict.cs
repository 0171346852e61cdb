// What comes of a field block that should be a head or trailers.
namespace Baton.Http.H2;

/// <summary>What to do about a field block.</summary>
public enum HeadVerdict : byte
{
    /// <summary>It is what it should be.</summary>
    Fine,

    /// <summary>The message is malformed: a stream error, PROTOCOL_ERROR (RFC 9113 §8.1.1).</summary>
    Malformed,

    /// <summary>It is more than the limits allow: 431, or 414 when the target alone is.</summary>
    TooLarge,

    /// <summary>It cannot be decoded: an error of the connection, COMPRESSION_ERROR.</summary>
    Undecodable,
}
