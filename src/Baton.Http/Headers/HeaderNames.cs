// The well-known field names as text, and the table that turns a name into its HeaderId while a head
// is parsed: buckets by length and first letter, entries padded to 32 bytes for a vector compare.
using System;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Baton.Http.Headers;

/// <summary>Text of and look-up for <see cref="HeaderId"/>.</summary>
public static unsafe class HeaderNames
{
    internal const int Count = 63;
    internal const int EntrySize = 32;
    private const int BucketCount = 32 * 32;
    private const int EntriesOffset = BucketCount;
    private const int NextOffset = EntriesOffset + EntrySize * Count;

    // SAFETY: allocated once, never freed, read-only after construction; shared by every parser.
    internal static readonly byte* Table = Build();

    /// <summary>Finds a name of <paramref name="length"/> bytes, in any case.</summary>
    public static HeaderId Find(ReadOnlySpan<byte> name)
    {
        fixed (byte* p = name)
        {
            return name.Length is 0 or > EntrySize ? HeaderId.Other : FindScalar(Table, p, name.Length);
        }
    }

    /// <summary>Same for a name of 1-16 bytes of which 16 bytes may be read.</summary>
    internal static HeaderId FindVector(byte* table, byte* name, int length, Vector128<byte> bytes)
    {
        int id = table[((length & 31) << 5) | (name[0] & 31)];
        if (id == 0)
        {
            return HeaderId.Other;
        }
        // Only letters are folded: '-' and CR differ by 0x20 and must not become equal.
        Vector128<byte> upper = Vector128.LessThan(bytes - Vector128.Create((byte)'A'), Vector128.Create((byte)26));
        Vector128<byte> folded = bytes + (upper & Vector128.Create((byte)0x20));
        uint care = (1u << length) - 1;
        do
        {
            Vector128<byte> entry = Vector128.Load(table + EntriesOffset + id * EntrySize);
            if ((Vector128.Equals(folded, entry).ExtractMostSignificantBits() & care) == care && LengthOf(table, id) == length)
            {
                return (HeaderId)id;
            }
            id = table[NextOffset + id];
        } while (id != 0);
        return HeaderId.Other;
    }

    /// <summary>Same for a name of 1-32 bytes, a byte at a time.</summary>
    internal static HeaderId FindScalar(byte* table, byte* name, int length)
    {
        for (int id = table[((length & 31) << 5) | (name[0] & 31)]; id != 0; id = table[NextOffset + id])
        {
            byte* entry = table + EntriesOffset + id * EntrySize;
            int i = 0;
            while (i < length && ByteClass.ToLower(name[i]) == entry[i])
            {
                i++;
            }
            if (i == length && LengthOf(table, id) == length)
            {
                return (HeaderId)id;
            }
        }
        return HeaderId.Other;
    }

    private static int LengthOf(byte* table, int id) => table[NextOffset + Count + id];

    private static byte* Build()
    {
        byte* table = (byte*)NativeMemory.AllocZeroed(NextOffset + 2 * Count);
        // Backwards, so that the commonest (lowest) ids head their chains.
        for (int id = Count - 1; id > 0; id--)
        {
            ReadOnlySpan<byte> text = Text((HeaderId)id);
            text.CopyTo(new Span<byte>(table + EntriesOffset + id * EntrySize, EntrySize));
            byte* bucket = table + (((text.Length & 31) << 5) | (text[0] & 31));
            table[NextOffset + id] = *bucket;
            table[NextOffset + Count + id] = (byte)text.Length;
            *bucket = (byte)id;
        }
        return table;
    }

    /// <summary>The name in lower case; empty for <see cref="HeaderId.Other"/>.</summary>
    public static ReadOnlySpan<byte> Text(HeaderId id)
    {
        return id switch
        {
            HeaderId.Host => "host"u8,
            HeaderId.Connection => "connection"u8,
            HeaderId.ContentLength => "content-length"u8,
            HeaderId.TransferEncoding => "transfer-encoding"u8,
            HeaderId.KeepAlive => "keep-alive"u8,
            HeaderId.Upgrade => "upgrade"u8,
            HeaderId.Expect => "expect"u8,
            HeaderId.ProxyConnection => "proxy-connection"u8,
            HeaderId.Te => "te"u8,
            HeaderId.Trailer => "trailer"u8,
            HeaderId.Cookie => "cookie"u8,
            HeaderId.SetCookie => "set-cookie"u8,
            HeaderId.Date => "date"u8,
            HeaderId.Accept => "accept"u8,
            HeaderId.AcceptEncoding => "accept-encoding"u8,
            HeaderId.AcceptLanguage => "accept-language"u8,
            HeaderId.AcceptRanges => "accept-ranges"u8,
            HeaderId.Age => "age"u8,
            HeaderId.Allow => "allow"u8,
            HeaderId.Authorization => "authorization"u8,
            HeaderId.CacheControl => "cache-control"u8,
            HeaderId.ContentEncoding => "content-encoding"u8,
            HeaderId.ContentLanguage => "content-language"u8,
            HeaderId.ContentLocation => "content-location"u8,
            HeaderId.ContentRange => "content-range"u8,
            HeaderId.ContentType => "content-type"u8,
            HeaderId.ETag => "etag"u8,
            HeaderId.Expires => "expires"u8,
            HeaderId.Forwarded => "forwarded"u8,
            HeaderId.Http2Settings => "http2-settings"u8,
            HeaderId.IfMatch => "if-match"u8,
            HeaderId.IfModifiedSince => "if-modified-since"u8,
            HeaderId.IfNoneMatch => "if-none-match"u8,
            HeaderId.IfRange => "if-range"u8,
            HeaderId.IfUnmodifiedSince => "if-unmodified-since"u8,
            HeaderId.LastModified => "last-modified"u8,
            HeaderId.Link => "link"u8,
            HeaderId.Location => "location"u8,
            HeaderId.Origin => "origin"u8,
            HeaderId.Pragma => "pragma"u8,
            HeaderId.ProxyAuthenticate => "proxy-authenticate"u8,
            HeaderId.ProxyAuthorization => "proxy-authorization"u8,
            HeaderId.Range => "range"u8,
            HeaderId.Referer => "referer"u8,
            HeaderId.RetryAfter => "retry-after"u8,
            HeaderId.SecWebSocketAccept => "sec-websocket-accept"u8,
            HeaderId.SecWebSocketKey => "sec-websocket-key"u8,
            HeaderId.SecWebSocketProtocol => "sec-websocket-protocol"u8,
            HeaderId.SecWebSocketVersion => "sec-websocket-version"u8,
            HeaderId.Server => "server"u8,
            HeaderId.StrictTransportSecurity => "strict-transport-security"u8,
            HeaderId.UpgradeInsecureRequests => "upgrade-insecure-requests"u8,
            HeaderId.UserAgent => "user-agent"u8,
            HeaderId.Vary => "vary"u8,
            HeaderId.Via => "via"u8,
            HeaderId.WwwAuthenticate => "www-authenticate"u8,
            HeaderId.XForwardedFor => "x-forwarded-for"u8,
            HeaderId.XForwardedHost => "x-forwarded-host"u8,
            HeaderId.XForwardedPort => "x-forwarded-port"u8,
            HeaderId.XForwardedProto => "x-forwarded-proto"u8,
            HeaderId.XRealIp => "x-real-ip"u8,
            HeaderId.XRequestId => "x-request-id"u8,
            _ => default,
        };
    }
}
