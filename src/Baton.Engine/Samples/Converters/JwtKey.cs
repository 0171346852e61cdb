// What a token's signature is verified with: a secret, or a public key in a file, alone or in a certificate.
using System;
using System.IO;
using System.Security.Cryptography;
using Baton.Core.Text;
using Baton.Interop.OpenSsl;

namespace Baton.Engine.Samples.Converters;

/// <summary>Named in the configuration; a file is read when that is. Shared by all workers.</summary>
internal sealed class JwtKey
{
    private const int LongestHash = 64;

    private readonly byte[] _secret;
    private readonly PublicKey? _public;

    /// <param name="algorithm">What it is for, when that is known.</param>
    public JwtKey(string text, JwtAlgorithm? algorithm = null)
    {
        _secret = ByteText.GetBytes(text);
        if (algorithm is { Family: JwtFamily.Hmac or JwtFamily.None })
            return;
        try
        {
            _public = PublicKey.Read(File.ReadAllBytes(text));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // COMPAT: no error here: tokens that need it are told apart by their own result
        }
    }

    /// <summary>1: the signature is right; 0: it is not; null: there is no key for such signatures.</summary>
    public int? Verify(JwtAlgorithm algorithm, ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature)
    {
        if (algorithm.Family == JwtFamily.Hmac)
            return VerifyWithSecret(algorithm, _secret, signed, signature);
        if (_public is null)
            return null;
        bool fits = algorithm.Family == JwtFamily.Ecdsa ? _public.IsEllipticCurve : _public.IsRsa;
        return fits && _public.Verify(algorithm.Digest, algorithm.Family == JwtFamily.RsaPss, signed, signature) ? 1 : 0;
    }

    /// <summary>1 or 0, found out in constant time.</summary>
    public static int VerifyWithSecret(
        JwtAlgorithm algorithm,
        ReadOnlySpan<byte> secret,
        ReadOnlySpan<byte> signed,
        ReadOnlySpan<byte> given
    )
    {
        Span<byte> mac = stackalloc byte[LongestHash];
        int n = algorithm.Bits switch
        {
            256 => HMACSHA256.HashData(secret, signed, mac),
            384 => HMACSHA384.HashData(secret, signed, mac),
            _ => HMACSHA512.HashData(secret, signed, mac),
        };
        return CryptographicOperations.FixedTimeEquals(mac[..n], given) ? 1 : 0;
    }
}
