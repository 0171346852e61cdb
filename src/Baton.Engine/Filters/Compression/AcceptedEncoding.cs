// Which of a proxy's algorithms a request likes best (RFC 9110 §12.5.3), as far as its client can be believed.
using System;
using System.Collections.Generic;
using Baton.Configuration.Model;
using Baton.Http.Headers;
using Baton.Http.Messages;

namespace Baton.Engine.Filters.Compression;

internal static class AcceptedEncoding
{
    /// <summary>The name of it in messages.</summary>
    public static ReadOnlySpan<byte> NameOf(CompressionAlgorithm algorithm) =>
        algorithm switch
        {
            CompressionAlgorithm.Gzip => "gzip"u8,
            CompressionAlgorithm.Identity => "identity"u8,
            _ => "deflate"u8,
        };

    /// <summary>The name of it in configurations.</summary>
    public static ReadOnlySpan<byte> WordOf(CompressionAlgorithm algorithm) =>
        algorithm == CompressionAlgorithm.RawDeflate ? "raw-deflate"u8 : NameOf(algorithm);

    /// <summary>Null for none. COMPAT: identity is chosen where nothing else is, asked for or not.</summary>
    public static CompressionAlgorithm? Choose(IReadOnlyList<CompressionAlgorithm> known, MessageHead request)
    {
        if (IsOldBrowser(request))
            return null;
        CompressionAlgorithm? chosen = null;
        int best = 0;
        for (int i = request.Find(HeaderId.AcceptEncoding); i >= 0; i = request.Find(HeaderId.AcceptEncoding, i))
        {
            ReadOnlySpan<byte> rest = request.Field(i).ValueSpan;
            while (!rest.IsEmpty)
            {
                ReadOnlySpan<byte> element = Cut(ref rest, (byte)','),
                    parameters = element,
                    name = Cut(ref parameters, (byte)';').Trim(" \t"u8);
                int quality = QualityOf(parameters);
                if (quality <= best || Find(known, name) is not { } algorithm)
                    continue;
                chosen = algorithm;
                best = quality;
            }
        }
        return chosen ?? Find(known, "identity"u8);
    }

    private static CompressionAlgorithm? Find(IReadOnlyList<CompressionAlgorithm> known, ReadOnlySpan<byte> name)
    {
        for (int i = 0; i < known.Count; i++)
            if (name.SequenceEqual("*"u8) || ByteClass.EqualsIgnoreCase(name, NameOf(known[i])))
                return known[i];
        return null;
    }

    /// <summary>What stands before the separator; behind it is what is left.</summary>
    private static ReadOnlySpan<byte> Cut(ref ReadOnlySpan<byte> text, byte separator)
    {
        int at = text.IndexOf(separator);
        ReadOnlySpan<byte> first = at < 0 ? text : text[..at];
        text = at < 0 ? default : text[(at + 1)..];
        return first;
    }

    /// <summary>In thousandths. COMPAT: what cannot be read is all of it.</summary>
    private static int QualityOf(ReadOnlySpan<byte> parameters)
    {
        const int whole = 1000;
        while (!parameters.IsEmpty)
        {
            ReadOnlySpan<byte> one = Cut(ref parameters, (byte)';').Trim(" \t"u8);
            if (one.Length < 3 || (one[0] | 0x20) != 'q' || one[1] != '=')
                continue;
            ReadOnlySpan<byte> text = one[2..];
            if (text[0] is not ((byte)'0' or (byte)'1'))
                return whole;
            int value = (text[0] - '0') * whole;
            if (text.Length > 1 && text[1] == '.')
                for (int i = 2, scale = 100; i < text.Length && i < 5 && text[i] is >= (byte)'0' and <= (byte)'9'; i++, scale /= 10)
                    value += (text[i] - '0') * scale;
            return Math.Min(value, whole);
        }
        return whole;
    }

    /// <summary>"Mozilla/4" lies about what it can read, unless it is MSIE 7 or later, or MSIE 6 of the second service pack.</summary>
    private static bool IsOldBrowser(MessageHead request)
    {
        int at = request.Find(HeaderId.UserAgent);
        if (at < 0)
            return false;
        ReadOnlySpan<byte> agent = request.Field(at).ValueSpan;
        if (!agent.StartsWith("Mozilla/4"u8))
            return false;
        int name = agent.IndexOf("MSIE "u8);
        if (name < 0 || name + 5 >= agent.Length)
            return true;
        byte version = agent[name + 5];
        return version < '6' || version == '6' && agent.IndexOf("SV1"u8) < 0;
    }
}
