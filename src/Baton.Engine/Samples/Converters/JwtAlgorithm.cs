// The signatures of JSON web tokens (RFC 7518 §3.1).
using System;
using System.Text;

namespace Baton.Engine.Samples.Converters;

internal enum JwtFamily : byte
{
    None,
    Hmac,
    RsaPkcs1,
    Ecdsa,
    RsaPss,
}

/// <summary>One of them. Names are told apart by case.</summary>
/// <param name="Bits">Of the SHA-2 digest.</param>
internal sealed record JwtAlgorithm(string Name, JwtFamily Family, int Bits)
{
    /// <summary>OpenSSL's name of the digest, with a zero behind it.</summary>
    public byte[] Digest { get; } = Encoding.ASCII.GetBytes($"SHA{Bits}\0");

    private static readonly JwtAlgorithm[] s_all =
    [
        new("none", JwtFamily.None, 0),
        new("HS256", JwtFamily.Hmac, 256),
        new("HS384", JwtFamily.Hmac, 384),
        new("HS512", JwtFamily.Hmac, 512),
        new("RS256", JwtFamily.RsaPkcs1, 256),
        new("RS384", JwtFamily.RsaPkcs1, 384),
        new("RS512", JwtFamily.RsaPkcs1, 512),
        new("ES256", JwtFamily.Ecdsa, 256),
        new("ES384", JwtFamily.Ecdsa, 384),
        new("ES512", JwtFamily.Ecdsa, 512),
        new("PS256", JwtFamily.RsaPss, 256),
        new("PS384", JwtFamily.RsaPss, 384),
        new("PS512", JwtFamily.RsaPss, 512),
    ];

    public static JwtAlgorithm? Find(string name) => Array.Find(s_all, a => a.Name == name);

    public static JwtAlgorithm? Find(ReadOnlySpan<byte> name)
    {
        foreach (JwtAlgorithm algorithm in s_all)
            if (Ascii.Equals(name, algorithm.Name))
                return algorithm;
        return null;
    }
}
