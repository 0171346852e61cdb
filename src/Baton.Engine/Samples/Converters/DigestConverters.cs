// Cryptographic digests (manual 7.3.1): sha1, sha2, digest, hmac. A key is a variable or base64.
using System;
using System.Security.Cryptography;
using System.Text;
using Baton.Configuration.Expressions;
using Baton.Engine.Streams;
using Baton.Engine.Variables;

namespace Baton.Engine.Samples.Converters;

internal static class DigestConverters
{
    private static readonly string[] Algorithms = ["md5", "sha1", "sha256", "sha384", "sha512", "sha3-256", "sha3-384", "sha3-512"];

    /// <summary>The digest of bytes in <paramref name="to"/>; its length, 0 when there is no such algorithm.</summary>
    private static int Compute(string algorithm, ReadOnlySpan<byte> bytes, Span<byte> to) =>
        algorithm switch
        {
            "md5" => MD5.HashData(bytes, to),
            "sha1" => SHA1.HashData(bytes, to),
            "sha256" => SHA256.HashData(bytes, to),
            "sha384" => SHA384.HashData(bytes, to),
            "sha512" => SHA512.HashData(bytes, to),
            "sha3-256" => SHA3_256.HashData(bytes, to),
            "sha3-384" => SHA3_384.HashData(bytes, to),
            "sha3-512" => SHA3_512.HashData(bytes, to),
            _ => 0,
        };

    private static int ComputeKeyed(string algorithm, ReadOnlySpan<byte> key, ReadOnlySpan<byte> bytes, Span<byte> to) =>
        algorithm switch
        {
            "md5" => HMACMD5.HashData(key, bytes, to),
            "sha1" => HMACSHA1.HashData(key, bytes, to),
            "sha256" => HMACSHA256.HashData(key, bytes, to),
            "sha384" => HMACSHA384.HashData(key, bytes, to),
            "sha512" => HMACSHA512.HashData(key, bytes, to),
            "sha3-256" => HMACSHA3_256.HashData(key, bytes, to),
            "sha3-384" => HMACSHA3_384.HashData(key, bytes, to),
            "sha3-512" => HMACSHA3_512.HashData(key, bytes, to),
            _ => 0,
        };

    private static bool Digest(string algorithm, Span<byte> m, ref SampleValue v)
    {
        int n = Compute(algorithm, v.Text, m);
        v.SetBinary(m[..n]);
        return n > 0;
    }

    private static string? CheckAlgorithm(Argument[] a)
    {
        string name = a[0].Text.ToLowerInvariant();
        if (Array.IndexOf(Algorithms, name) < 0 || name.StartsWith("sha3", StringComparison.Ordinal) && !SHA3_256.IsSupported)
            return $"'{a[0].Text}' is not a supported algorithm";
        a[0] = a[0] with { Text = name };
        return null;
    }

    private static string? CheckBits(Argument[] a)
    {
        string name = a[0].Absent ? "sha256" : $"sha{a[0].Number}";
        if (name is not ("sha224" or "sha256" or "sha384" or "sha512"))
            return "Unsupported number of bits: '" + a[0].Text + "'";
        a[0] = a[0] with { Text = name };
        return null;
    }

    private static bool Sha2(Argument[] a, Span<byte> m, ref SampleValue v)
    {
        if (a[0].Text != "sha224")
            return Digest(a[0].Text, m, ref v);
        Sha224.HashData(v.Text, m);
        v.SetBinary(m[..Sha224.Length]);
        return true;
    }

    private static string? CheckKeyed(Argument[] a)
    {
        if (CheckAlgorithm(a) is { } wrong)
            return wrong;
        if (a[1].Value is VariableName)
            return null;
        byte[] key = new byte[a[1].Text.Length];
        if (!Convert.TryFromBase64String(a[1].Text, key, out int n))
            return "failed to parse the key: base64 or a variable is expected";
        a[1] = a[1] with { Value = key[..n] };
        return null;
    }

    private static bool Keyed(ProxyStream s, Argument[] a, Span<byte> m, ref SampleValue v)
    {
        ReadOnlySpan<byte> key;
        if (a[1].Value is VariableName name)
        {
            SampleValue held = default;
            Span<byte> text = m[128..];
            if (!VariableAccess.TryGet(s, name, text, ref held) || !SampleCast.To(SampleType.String, text, ref held))
                return false;
            // COMPAT: a key in a variable is base64 as well
            Span<byte> decoded = stackalloc byte[1024];
            if (System.Buffers.Text.Base64.DecodeFromUtf8(held.Text, decoded, out _, out int n) != System.Buffers.OperationStatus.Done)
                return false;
            return Finish(a[0].Text, decoded[..n], m, ref v);
        }
        key = (byte[])a[1].Value!;
        return Finish(a[0].Text, key, m, ref v);
    }

    private static bool Finish(string algorithm, scoped ReadOnlySpan<byte> key, Span<byte> m, ref SampleValue v)
    {
        int n = ComputeKeyed(algorithm, key, v.Text, m);
        v.SetBinary(m[..n]);
        return n > 0;
    }

    private static SampleConverter Row(
        string name,
        string summary,
        ArgumentSpec[] arguments,
        Func<Argument[], string?>? check,
        ConvertFunction f
    ) =>
        new()
        {
            Name = name,
            Input = SampleType.Binary,
            Output = SampleType.Binary,
            Summary = summary,
            Arguments = arguments,
            Check = check,
            Convert = f,
        };

    internal static readonly SampleConverter[] Rows =
    [
        Row("sha1", "SHA-1 digest", [], null, (a, m, ref v) => Digest("sha1", m, ref v)),
        Row("sha2", "SHA-2 digest of 224, 256, 384 or 512 bits", [new(ArgumentKind.Integer, "bits", true)], CheckBits, Sha2),
        Row("digest", "message digest", [new(ArgumentKind.String, "algorithm")], CheckAlgorithm, (a, m, ref v) =>
            Digest(a[0].Text, m, ref v)
        ),
        new()
        {
            Name = "hmac",
            Input = SampleType.Binary,
            Output = SampleType.Binary,
            Summary = "keyed digest",
            Check = CheckKeyed,
            Convert = (a, m, ref v) => false,
            ConvertOn = Keyed,
            Arguments = [new(ArgumentKind.String, "algorithm"), new(ArgumentKind.TextOrVariable, "key")],
        },
    ];
}
