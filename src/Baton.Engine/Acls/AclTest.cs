// One ACL line: a sample against patterns (manual 7.1).
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using Baton.Configuration.Expressions;
using Baton.Configuration.Values;
using Baton.Engine.Connections;
using Baton.Engine.Samples;
using Baton.Engine.Streams;
using Baton.Http.H1;

namespace Baton.Engine.Acls;

public sealed class AclTest
{
    private readonly AclExpressionConfig _config;
    private readonly byte[][] _texts;
    private readonly List<(long Low, long High)> _ranges = [];
    private readonly List<(byte[] Network, int Prefix)> _networks = [];

    public AclTest(AclExpressionConfig config)
    {
        _config = config;
        _texts = Array.ConvertAll<string, byte[]>(config.Patterns, config.Match == AclMatchMethod.Binary ? Convert.FromHexString : Encoding.UTF8.GetBytes);
        if (config.Match is AclMatchMethod.Integer or AclMatchMethod.Length) ReadRanges(config.Patterns);
        if (config.Match == AclMatchMethod.Ip) foreach (string p in config.Patterns) ReadNetwork(p);
    }

    /// <summary>Tests the sample's values. Pending when it fails on bytes that may still come, unless <paramref name="final"/> says that none are waited for.</summary>
    public AclResult Test(ProxyStream stream, bool final)
    {
        Span<byte> scratch = stream.Worker.Scratch.TextSpan[..32768];
        SampleValue value = default;
        bool multiple = ((SampleFetch)_config.Sample.Fetch).Multiple;
        for (int i = 0; ; i++)
        {
            bool exists = _config.Sample.Evaluate(stream, multiple ? i : -1, scratch, ref value);
            if (exists && MatchesValue(stream, ref value)) return AclResult.Pass;
            if (!exists || !multiple) return value.MayChange && !final ? AclResult.Pending : AclResult.Fail;
        }
    }

    private bool MatchesValue(ProxyStream stream, ref SampleValue value)
    {
        Span<byte> number = stackalloc byte[48];
        switch (_config.Match)
        {
            case AclMatchMethod.Found: return true;
            case AclMatchMethod.Bool: return value.Number != 0;
            case AclMatchMethod.Integer: return value.Type is SampleType.Integer or SampleType.Bool ? InRanges(value.Number) : long.TryParse(value.AsText(number), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long n) && InRanges(n);
            case AclMatchMethod.Length: return InRanges(value.AsText(number).Length);
            case AclMatchMethod.Ip: return InNetworks(value.Address);
            case AclMatchMethod.Regex:
                ReadOnlySpan<byte> subject = value.AsText(number);
                foreach (object expression in _config.Expressions) if (((RegularExpression)expression).IsMatch(stream.Worker, subject)) return true;
                return false;
            default: return MatchesText(value.AsText(number));
        }
    }

    private bool MatchesText(ReadOnlySpan<byte> text)
    {
        foreach (byte[] pattern in _texts)
        {
            bool hit = _config.Match switch
            {
                AclMatchMethod.Begin => text.Length >= pattern.Length && Same(text[..pattern.Length], pattern),
                AclMatchMethod.End => text.Length >= pattern.Length && Same(text[^pattern.Length..], pattern),
                AclMatchMethod.Substring => Contains(text, pattern, default),
                AclMatchMethod.Directory => Contains(text, pattern, "/?"u8),
                AclMatchMethod.Domain => Contains(text, pattern, "/?.:"u8),
                _ => Same(text, pattern),
            };
            if (hit) return true;
        }
        return false;
    }

    private bool Same(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b) => _config.IgnoreCase ? ByteClass.EqualsIgnoreCase(a, b) : a.SequenceEqual(b);

    /// <summary>The pattern somewhere; with delimiters, as a whole piece between them.</summary>
    private bool Contains(ReadOnlySpan<byte> text, ReadOnlySpan<byte> pattern, ReadOnlySpan<byte> delimiters)
    {
        for (int i = 0; i + pattern.Length <= text.Length; i++)
        {
            if (!Same(text.Slice(i, pattern.Length), pattern)) continue;
            if (delimiters.IsEmpty) return true;
            bool before = i == 0 || delimiters.Contains(text[i - 1]), after = i + pattern.Length == text.Length || delimiters.Contains(text[i + pattern.Length]);
            if (before && after) return true;
        }
        return false;
    }

    private bool InRanges(long n)
    {
        foreach ((long low, long high) in _ranges) if (n >= low && n <= high) return true;
        return false;
    }

    private void ReadRanges(string[] patterns)
    {
        string op = "eq";
        foreach (string p in patterns)
        {
            if (p is "eq" or "ge" or "gt" or "le" or "lt") { op = p; continue; }
            int colon = p.IndexOf(':');
            long low = Parse(colon < 0 ? p : p[..colon], long.MinValue), high = colon < 0 ? low : Parse(p[(colon + 1)..], long.MaxValue);
            _ranges.Add(op switch { "ge" => (low, long.MaxValue), "gt" => (low + 1, long.MaxValue), "le" => (long.MinValue, low), "lt" => (long.MinValue, low - 1), _ => (low, high) });
        }
    }

    /// <summary>A number, or a version "major.minor" as req.ssl_ver gives it.</summary>
    private static long Parse(string text, long whenEmpty)
    {
        int dot = text.IndexOf('.');
        if (dot > 0) return Parse(text[..dot], 0) << 16 | Parse(text[(dot + 1)..], 0);
        return ParseNumber(text, whenEmpty);
    }

    private static long ParseNumber(string text, long whenEmpty) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long v) ? v : whenEmpty;

    private void ReadNetwork(string text)
    {
        int slash = text.IndexOf('/');
        if (AddressParser.Ip(slash < 0 ? text : text[..slash]) is not { } ip) return;
        int prefix = slash >= 0 && int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int p) ? p : ip.Length * 8;
        _networks.Add((ip, Math.Min(prefix, ip.Length * 8)));
    }

    private bool InNetworks(in SocketAddress address)
    {
        foreach ((byte[] network, int prefix) in _networks) if (address.IsIn(network, prefix)) return true;
        return false;
    }
}
