// Whether a message is one to be compressed: what its head says, and what the lines of both proxies ask for. COMPAT: the backend's lines
// where it has any of the kind, else the frontend's.
using System;
using System.Collections.Generic;
using Baton.Configuration.Model;
using Baton.Engine.Streams;
using Baton.Http.Headers;
using Baton.Http.Messages;

namespace Baton.Engine.Filters.Compression;

internal static class CompressionRules
{
    private static readonly CompressionConfig s_none = new() { OfResponses = false };

    private static CompressionConfig Front(ProxyStream stream) => stream.Frontend.Config.Compression ?? s_none;

    private static CompressionConfig Back(ProxyStream stream) => stream.Backend?.Config.Compression ?? s_none;

    public static bool AreResponsesMeant(ProxyStream stream) => Back(stream).OfResponses || Front(stream).OfResponses;

    public static bool IsOffloading(ProxyStream stream) => Back(stream).Offloads || Front(stream).Offloads;

    public static IReadOnlyList<CompressionAlgorithm> Algorithms(ProxyStream stream) =>
        Back(stream).Algorithms is { Count: > 0 } own ? own : Front(stream).Algorithms;

    /// <summary>Null when requests stay as they are.</summary>
    public static CompressionAlgorithm? RequestAlgorithm(ProxyStream stream) =>
        Back(stream).OfRequests || Front(stream).OfRequests ? Back(stream).RequestAlgorithm ?? Front(stream).RequestAlgorithm : null;

    public static IReadOnlyList<byte[]> ResponseTypes(ProxyStream stream) =>
        Back(stream).ResponseTypes is { Count: > 0 } own ? own : Front(stream).ResponseTypes;

    public static IReadOnlyList<byte[]> RequestTypes(ProxyStream stream) =>
        Back(stream).RequestTypes is { Count: > 0 } own ? own : Front(stream).RequestTypes;

    public static long ResponseMinSize(ProxyStream stream) =>
        Back(stream).ResponseMinSize is > 0 and var own ? own : Front(stream).ResponseMinSize;

    public static long RequestMinSize(ProxyStream stream) =>
        Back(stream).RequestMinSize is > 0 and var own ? own : Front(stream).RequestMinSize;

    /// <summary>A body that may be another one, of a type that is meant, in a version that has chunks.</summary>
    public static bool IsFit(MessageHead head, IReadOnlyList<byte[]> types, long minSize)
    {
        bool hasBody = head.Body switch
        {
            BodyKind.Length => head.ContentLength > 0 && head.ContentLength >= minSize,
            BodyKind.Chunked => true,
            _ => false,
        };
        return hasBody
            && head.MinorVersion > 0
            && head.Find(HeaderId.ContentEncoding) < 0
            && !ForbidsTransform(head)
            && HasSoundTag(head)
            && IsTypeMeant(head, types);
    }

    /// <summary>Cache-Control: no-transform (RFC 9111 §5.2.2.6).</summary>
    private static bool ForbidsTransform(MessageHead head)
    {
        for (int i = head.Find(HeaderId.CacheControl); i >= 0; i = head.Find(HeaderId.CacheControl, i))
        {
            ReadOnlySpan<byte> rest = head.Field(i).ValueSpan;
            while (!rest.IsEmpty)
            {
                int end = ListValue.EndOfElement(rest);
                if (ByteClass.EqualsIgnoreCase(rest[..end].Trim(" \t"u8), "no-transform"u8))
                    return true;
                rest = end < rest.Length ? rest[(end + 1)..] : default;
            }
        }
        return false;
    }

    /// <summary>One entity tag at most, and one that can be made weak.</summary>
    private static bool HasSoundTag(MessageHead head)
    {
        int at = head.Find(HeaderId.ETag);
        if (at < 0)
            return true;
        ReadOnlySpan<byte> tag = head.Field(at).ValueSpan;
        if (tag.StartsWith("W/"u8))
            tag = tag[2..];
        return tag.Length >= 2 && tag[0] == '"' && tag[^1] == '"' && head.Find(HeaderId.ETag, at) < 0;
    }

    private static bool IsTypeMeant(MessageHead head, IReadOnlyList<byte[]> types)
    {
        int at = head.Find(HeaderId.ContentType);
        ReadOnlySpan<byte> type = at < 0 ? default : head.Field(at).ValueSpan;
        if (BeginsWith(type, "multipart"u8))
            return false;
        for (int i = 0; i < types.Count; i++)
            if (BeginsWith(type, types[i]))
                return true;
        return types.Count == 0;
    }

    private static bool BeginsWith(ReadOnlySpan<byte> text, ReadOnlySpan<byte> start) =>
        text.Length >= start.Length && ByteClass.EqualsIgnoreCase(text[..start.Length], start);

    /// <summary>What is compressed is the same in another form (RFC 9110 §8.8.1). False when that does not fit.</summary>
    public static bool WeakenTag(MessageHead head)
    {
        int at = head.Find(HeaderId.ETag);
        if (at < 0 || head.Field(at).ValueSpan.StartsWith("W/"u8))
            return true;
        ReadOnlySpan<byte> tag = head.Field(at).ValueSpan;
        Span<byte> weak = stackalloc byte[Math.Min(tag.Length, LongestTag) + 2];
        if (tag.Length > LongestTag)
            return false;
        "W/"u8.CopyTo(weak);
        tag.CopyTo(weak[2..]);
        return head.ReplaceValue(at, weak);
    }

    private const int LongestTag = 1024;
}
