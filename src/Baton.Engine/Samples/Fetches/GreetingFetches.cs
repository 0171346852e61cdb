// Fetches of what a client's TLS greeting offered (manual 7.3.4, ssl_fc_cipherlist_* and their kin), where
// tune.ssl.capture-buffer-size is set.
using System;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Baton.Configuration.Expressions;
using Baton.Engine.Tls;

namespace Baton.Engine.Samples.Fetches;

internal static class GreetingFetches
{
    private delegate bool Part(CapturedGreeting greeting, Argument[] arguments, Span<byte> scratch, ref SampleValue value);

    private static readonly ArgumentSpec[] Filter = [new(ArgumentKind.Integer, "filter", Optional: true)];

    private static string? CheckFilter(Argument[] a) =>
        a[0].Absent || a[0].Number is 0 or 1 ? null : "the filter option is 0 (all) or 1 (without GREASE values)";

    private static SampleFetch Row(string name, SampleType output, string summary, Part part, bool hasFilter = false) =>
        new()
        {
            Name = name,
            Output = output,
            Needs = SampleNeeds.Client,
            Summary = summary,
            Tls = TlsUses.Greeting,
            Arguments = hasFilter ? Filter : [],
            Check = hasFilter ? CheckFilter : null,
            Evaluate = (s, a, o, m, ref v) =>
                TlsFetches.Of(s)?.Details is { ClientHello.Length: > 0 } details
                && new CapturedGreeting(details.ClientHello) is { IsThere: true } greeting
                && part(greeting, a, m, ref v),
        };

    private static ReadOnlySpan<byte> Numbers(CapturedGreeting greeting, int list, Argument[] a, Span<byte> scratch)
    {
        ReadOnlySpan<byte> all = greeting.List(list);
        return a.Length == 0 || a[0].Absent || a[0].Number == 0 ? all : scratch[..CapturedGreeting.CopyWithoutGrease(all, scratch)];
    }

    private static SampleFetch List(string name, string summary, int list, bool hasFilter = true) =>
        Row(
            name,
            SampleType.Binary,
            summary,
            (g, a, m, ref v) =>
            {
                v.SetBinary(Numbers(g, list, a, m));
                return !v.Text.IsEmpty;
            },
            hasFilter
        );

    private static bool Hex(CapturedGreeting greeting, Argument[] a, Span<byte> m, ref SampleValue v)
    {
        Span<byte> half = m[..(m.Length / 3)],
            text = m[half.Length..];
        ReadOnlySpan<byte> numbers = Numbers(greeting, CapturedGreeting.Ciphers, a, half);
        int length = 0;
        for (int i = 0; i < numbers.Length && length + 1 < text.Length; i++, length += 2)
            Utf8Formatter.TryFormat(numbers[i], text[length..], out _, new System.Buffers.StandardFormat('X', 2));
        v.SetText(text[..length]);
        return length > 0;
    }

    private static bool Names(CapturedGreeting greeting, Argument[] a, Span<byte> m, ref SampleValue v)
    {
        Span<byte> part = m[..(m.Length / 4)],
            text = m[part.Length..];
        ReadOnlySpan<byte> numbers = Numbers(greeting, CapturedGreeting.Ciphers, a, part);
        int length = 0;
        for (int i = 0; i + 1 < numbers.Length; i += 2)
        {
            var suite = (ushort)(numbers[i] << 8 | numbers[i + 1]);
            ReadOnlySpan<byte> name = CipherNames.Of(suite);
            if (name.IsEmpty)
                name = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"UNKNOWN({suite:x4})"));
            if (length + name.Length + 1 > text.Length)
                break;
            if (length > 0)
                text[length++] = (byte)',';
            name.CopyTo(text[length..]);
            length += name.Length;
        }
        v.SetText(text[..length]);
        return length > 0;
    }

    internal static readonly SampleFetch[] Rows =
    [
        List("ssl_fc_cipherlist_bin", "ciphers that the client offered, as on the wire", CapturedGreeting.Ciphers),
        Row("ssl_fc_cipherlist_hex", SampleType.String, "ciphers that the client offered, in hexadecimal", Hex, hasFilter: true),
        Row("ssl_fc_cipherlist_str", SampleType.String, "names of the ciphers that the client offered", Names, hasFilter: true),
        Row("ssl_fc_cipherlist_xxh", SampleType.Integer, "hash of the ciphers that the client offered", (g, a, m, ref v) =>
        {
            v.SetNumber((long)g.CipherHash);
            return true;
        }),
        Row("ssl_fc_protocol_hello_id", SampleType.Integer, "version in the head of the client's greeting", (g, a, m, ref v) =>
        {
            v.SetNumber(g.Version);
            return true;
        }),
        List("ssl_fc_extlist_bin", "types of the greeting's extensions, in their order", CapturedGreeting.Extensions),
        List("ssl_fc_eclist_bin", "groups that the client can exchange keys in", CapturedGreeting.Groups),
        List("ssl_fc_ecformats_bin", "forms of points that the client knows", CapturedGreeting.PointFormats, hasFilter: false),
        List("ssl_fc_sigalgs_bin", "signatures that the client can verify", CapturedGreeting.SignatureAlgorithms),
        List("ssl_fc_supported_versions_bin", "versions that the client speaks", CapturedGreeting.Versions),
    ];
}
