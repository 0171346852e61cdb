// JSON web tokens (RFC 7519, 7515; manual 7.3.1): jwt_header_query, jwt_payload_query, jwt_verify.
using System;
using Baton.Configuration.Expressions;
using Baton.Engine.Streams;
using Baton.Engine.Variables;

namespace Baton.Engine.Samples.Converters;

internal static class JwtConverters
{
    /// <summary>What jwt_verify says instead of yes and no.</summary>
    private const int UnknownAlgorithm = -1,
        InvalidToken = -3,
        UnknownKey = -5;

    /// <summary>Room for a signature: RSA of 8,192 bits, and more.</summary>
    private const int SignatureBytes = 1088;

    /// <summary>The header (0) or the payload (1) of a token of three parts, decoded, or a value out of it.</summary>
    private static bool Query(int part, Argument[] a, Span<byte> m, ref SampleValue v)
    {
        Span<byte> decoded = m[..(m.Length / 2)];
        if (!TrySplit(v.Text, out ReadOnlySpan<byte> header, out ReadOnlySpan<byte> payload, out _))
            return false;
        if (!Base64Text.TryDecode(part == 0 ? header : payload, url: true, decoded, out int n))
            return false;
        decoded = decoded[..n];
        if (!a[0].Absent)
            return JsonQuery.Run(a, decoded, m[(m.Length / 2)..], ref v);
        v.SetText(decoded);
        return true;
    }

    private static bool TrySplit(
        ReadOnlySpan<byte> token,
        out ReadOnlySpan<byte> header,
        out ReadOnlySpan<byte> payload,
        out ReadOnlySpan<byte> signature
    )
    {
        payload = signature = default;
        int first = token.IndexOf((byte)'.'),
            last = token.LastIndexOf((byte)'.');
        header = first < 0 ? default : token[..first];
        if (first < 0)
            return false;
        // an unsecured token may leave the last dot out (none is what it says it is signed with)
        payload = first == last ? token[(first + 1)..] : token[(first + 1)..last];
        signature = first == last ? default : token[(last + 1)..];
        return payload.IndexOf((byte)'.') < 0;
    }

    private static string? CheckVerify(Argument[] a)
    {
        if (a[0].Value is VariableName)
        {
            // which it will be is not known, nor whether the other is a secret or a file
            if (a[1].Value is not VariableName)
                a[1] = a[1] with { Value = new JwtKey(a[1].Text) };
            return null;
        }
        if (JwtAlgorithm.Find(a[0].Text) is not { } algorithm)
            return $"unknown JWT algorithm: {a[0].Text}";
        a[0] = a[0] with { Value = algorithm };
        if (a[1].Value is not VariableName)
            a[1] = a[1] with { Value = new JwtKey(a[1].Text, algorithm) };
        return null;
    }

    private static bool Verify(ProxyStream s, Argument[] a, Span<byte> m, ref SampleValue v)
    {
        v.SetNumber(Judge(s, a, m, v.Text));
        return true;
    }

    private static int Judge(ProxyStream s, Argument[] a, Span<byte> m, ReadOnlySpan<byte> token)
    {
        if ((a[0].Value as JwtAlgorithm ?? Named(s, (VariableName)a[0].Value!, m)) is not { } algorithm)
            return UnknownAlgorithm;
        if (
            !TrySplit(token, out ReadOnlySpan<byte> header, out ReadOnlySpan<byte> payload, out ReadOnlySpan<byte> signature)
            || header.IsEmpty
            || payload.IsEmpty
        )
            return InvalidToken;
        if (algorithm.Family == JwtFamily.None)
            return signature.IsEmpty ? 1 : 0;
        Span<byte> given = m[..SignatureBytes];
        if (signature.IsEmpty || !Base64Text.TryDecode(signature, url: true, given, out int n))
            return InvalidToken;
        ReadOnlySpan<byte> signed = token[..(header.Length + 1 + payload.Length)];
        // two numbers of the same length
        if (algorithm.Family == JwtFamily.Ecdsa && n % 2 != 0)
            return InvalidToken;
        if (a[1].Value is JwtKey key)
            return key.Verify(algorithm, signed, given[..n]) ?? UnknownKey;
        // COMPAT: what a variable holds is a secret; files are read at the start, and those that are named there alone
        SampleValue held = default;
        Span<byte> text = m[SignatureBytes..];
        if (!VariableAccess.TryGet(s, (VariableName)a[1].Value!, text, ref held) || !SampleCast.To(SampleType.String, text, ref held))
            return UnknownKey;
        return algorithm.Family == JwtFamily.Hmac ? JwtKey.VerifyWithSecret(algorithm, held.Text, signed, given[..n]) : UnknownKey;
    }

    private static JwtAlgorithm? Named(ProxyStream s, VariableName name, Span<byte> m)
    {
        SampleValue held = default;
        return VariableAccess.TryGet(s, name, m, ref held) && held.HasText ? JwtAlgorithm.Find(held.Text) : null;
    }

    private static SampleConverter Query(string name, string summary, int part) =>
        new()
        {
            Name = name,
            Input = SampleType.String,
            Output = SampleType.Any,
            Summary = summary,
            Convert = (a, m, ref v) => Query(part, a, m, ref v),
            Arguments = JsonQuery.Arguments(isOptional: true),
            Check = JsonQuery.Check,
        };

    internal static readonly SampleConverter[] Rows =
    [
        Query("jwt_header_query", "header of a JSON web token, or a value in it", 0),
        Query("jwt_payload_query", "payload of a JSON web token, or a value in it", 1),
        new()
        {
            Name = "jwt_verify",
            Input = SampleType.String,
            Output = SampleType.Integer,
            Summary = "1 when the signature of a JSON web token is right, 0 when it is wrong, else less",
            Convert = (a, m, ref v) => false,
            ConvertOn = Verify,
            Arguments = [new(ArgumentKind.TextOrVariable, "algorithm"), new(ArgumentKind.TextOrVariable, "key")],
            Check = CheckVerify,
        },
    ];
}
