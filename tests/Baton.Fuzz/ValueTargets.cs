// Fuzz targets of single values: times and sizes, addresses, cookies and lists, URIs, error files, maps. Each is read a second
// time by something slow and obvious.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Net;
using System.Numerics;
using System.Text;
using System.Text.RegularExpressions;
using Baton.Configuration.Model;
using Baton.Configuration.Values;
using Baton.Core.Text;
using Baton.Engine.Patterns;
using Baton.Http.Headers;
using Baton.Http.ProxyProtocol;
using Baton.Http.Uri;

namespace Baton.Fuzz;

internal static class ValueTargets
{
    public static void Units(byte[] bytes)
    {
        string text = ByteText.Decode(bytes);
        Match time = Regex.Match(text, @"^([0-9]+)(us|ms|s|m|h|d)?\z"),
            size = Regex.Match(text, @"^([0-9]+)([kmgKMG])?\z");
        bool readable = UnitParser.Time(text, TimeUnit.Millisecond, out long ms) is null;
        if (readable)
        {
            FuzzTargets.Expect(true, time.Success);
            BigInteger value = BigInteger.Parse(time.Groups[1].Value, CultureInfo.InvariantCulture);
            long factor = time.Groups[2].Value switch
            {
                "s" => 1000,
                "m" => 60_000,
                "h" => 3_600_000,
                "d" => 86_400_000,
                _ => 1,
            };
            FuzzTargets.Expect(time.Groups[2].Value == "us" ? (value + 999) / 1000 : value * factor, ms);
        }
        else if (time.Success && time.Groups[1].Length < 12)
            throw new FuzzFailure($"time '{text}' refused");
        readable = UnitParser.Size(text, out long count) is null;
        if (readable)
        {
            FuzzTargets.Expect(true, size.Success);
            int shift = size.Groups[2].Value.ToLowerInvariant() switch
            {
                "k" => 10,
                "m" => 20,
                "g" => 30,
                _ => 0,
            };
            FuzzTargets.Expect(BigInteger.Parse(size.Groups[1].Value, CultureInfo.InvariantCulture) << shift, count);
        }
        else if (size.Success && size.Groups[1].Length < 9)
            throw new FuzzFailure($"size '{text}' refused");
    }

    public static void Address(byte[] bytes)
    {
        string text = ByteText.Decode(bytes);
        foreach (AddressUse use in Enum.GetValues<AddressUse>())
        {
            AddressConfig? address = AddressParser.Parse(text, use, out string error);
            FuzzTargets.Expect(address is null, error.Length > 0);
            if (address is not null && (address.Port < -65535 || address.Port > 65535 || address.PortHigh > 65535))
                throw new FuzzFailure($"port {address.Port} in '{text}'");
        }
        if (AddressParser.Network(text, out byte[] network, out int prefix) && (prefix < 0 || prefix > network.Length * 8))
            throw new FuzzFailure($"prefix {prefix} of '{text}'");
        Span<byte> four = stackalloc byte[4],
            sixteen = stackalloc byte[16],
            written = stackalloc byte[AddressText.MaxLength];
        if (AddressText.TryParseIPv4(bytes, four))
        {
            FuzzTargets.Expect(
                string.Join('.', text.Split('.').Select(part => int.Parse(part, CultureInfo.InvariantCulture))),
                new IPAddress(four).ToString()
            );
            FuzzTargets.Expect(new IPAddress(four).ToString(), Encoding.ASCII.GetString(written[..AddressText.Format(four, written)]));
        }
        if (!AddressText.TryParseIPv6(bytes, sixteen))
            return;
        FuzzTargets.Expect(true, IPAddress.TryParse(text, out IPAddress? ip) && ip.GetAddressBytes().AsSpan().SequenceEqual(sixteen));
        Span<byte> again = stackalloc byte[16];
        FuzzTargets.Expect(
            true,
            AddressText.TryParseIPv6(written[..AddressText.Format(sixteen, written)], again) && again.SequenceEqual(sixteen)
        );
    }

    /// <summary>The end of a cookie against an expression, lists against a scan that counts quotes.</summary>
    public static void Lists(byte[] bytes)
    {
        string text = Encoding.Latin1.GetString(bytes);
        FuzzTargets.Expect(
            Regex.Match(text, @"\A(?:[^;,""]|""(?:[^""\\]|\\.)*(?:""|\\?\z))*", RegexOptions.Singleline).Length,
            CookieText.EndOfPair(bytes)
        );
        var found = new List<string>();
        foreach (ReadOnlySpan<byte> element in new ListValue(bytes))
            found.Add(Encoding.Latin1.GetString(element));
        FuzzTargets.Expect(string.Join('\u0001', Elements(text)), string.Join('\u0001', found));
    }

    private static List<string> Elements(string text)
    {
        var elements = new List<string>();
        var one = new StringBuilder();
        bool quoted = false,
            escaped = false;
        foreach (char c in text)
        {
            if (c == ',' && !quoted)
            {
                elements.Add(one.ToString().Trim(' ', '\t'));
                one.Clear();
                continue;
            }
            one.Append(c);
            if (escaped)
            {
                escaped = false;
                continue;
            }
            if (quoted && c == '\\')
                escaped = true;
            else if (c == '"')
                quoted = !quoted;
        }
        elements.Add(one.ToString().Trim(' ', '\t'));
        return elements;
    }

    private delegate int Normalizer(ReadOnlySpan<byte> text, Span<byte> to);

    private static readonly (string Name, Normalizer Run)[] Normalizers =
    [
        ("fragment-encode", UriNormalizer.EncodeFragment),
        ("fragment-strip", UriNormalizer.StripFragment),
        ("merge-slashes", UriNormalizer.MergeSlashes),
        ("dots", UriNormalizer.StripDots),
        ("parents", (text, to) => UriNormalizer.StripParents(text, to, false)),
        ("parents-full", (text, to) => UriNormalizer.StripParents(text, to, true)),
        ("percent-upper", (text, to) => UriNormalizer.UppercasePercent(text, to, false)),
        ("percent-upper-strict", (text, to) => UriNormalizer.UppercasePercent(text, to, true)),
        ("sort", UriNormalizer.SortQuery),
    ];

    /// <summary>A normal form is its own normal form (but for decoding, which may uncover more), fits its room, and too little room is
    /// said.</summary>
    public static void Uri(byte[] bytes)
    {
        Span<byte> once = new byte[3 * bytes.Length + 8],
            twice = new byte[9 * bytes.Length + 32];
        foreach ((string name, Normalizer run) in Normalizers)
        {
            int n = run(bytes, once);
            if (n < 0)
                continue;
            // COMPAT: sorting drops an empty parameter at the end, each time
            if (
                name == "sort"
                && (bytes.AsSpan().IndexOf("&&"u8) >= 0 || bytes.AsSpan().StartsWith("&"u8) || bytes.AsSpan().EndsWith("&"u8))
            )
                continue;
            int m = run(once[..n], twice);
            if (!twice[..Math.Max(0, m)].SequenceEqual(once[..n]))
                throw new FuzzFailure($"{name} of its own result differs");
            for (int room = 0; room < n; room++)
            {
                int tight = run(bytes, twice[..room]);
                if (tight >= 0)
                    throw new FuzzFailure($"{name} wrote {tight} bytes of {n} into {room}");
            }
        }
        int decoded = UriText.Decode(bytes, once, plusIsSpace: true);
        bool valid = !Regex.IsMatch(Encoding.Latin1.GetString(bytes), "%(?![0-9a-fA-F]{2})");
        FuzzTargets.Expect(valid, decoded >= 0);
        UriNormalizer.DecodeUnreserved(bytes, once, strict: true);
        UriNormalizer.DecodeUnreserved(bytes, once, strict: false);
    }

    /// <summary>What is accepted is a response in one form: the same again when it is read again.</summary>
    public static void ErrorFileBytes(byte[] bytes)
    {
        if (bytes.Length == 0)
            return;
        byte[]? response = ErrorFile.Normalize(bytes, out string error);
        FuzzTargets.Expect(response is null, error.Length > 0);
        if (response is null)
            return;
        byte[]? again = ErrorFile.Normalize(response, out error);
        if (again is null || !again.AsSpan().SequenceEqual(response))
            throw new FuzzFailure($"reading a result again differs: {error}");
    }

    public static void Map(byte[] bytes)
    {
        string text = ByteText.Decode(bytes);
        var expected = new List<string>();
        foreach (Match line in Regex.Matches(text, @"^[ \t]*([^\n]*?)\r?(?:\n|\z)", RegexOptions.Multiline))
        {
            Match entry = Regex.Match(line.Groups[1].Value, @"^([^# \t][^ \t]*)(?:[ \t]+(.*))?\z", RegexOptions.Singleline);
            if (entry.Success)
                expected.Add($"{entry.Groups[1].Value}\u0001{entry.Groups[2].Value.TrimEnd(' ', '\t')}");
        }
        FuzzTargets.Expect(
            string.Join('\u0002', expected),
            string.Join(
                '\u0002',
                PatternFile.Read(bytes, values: true).Select(e => $"{ByteText.Decode(e.Key)}\u0001{ByteText.Decode(e.Value)}")
            )
        );
    }
}
