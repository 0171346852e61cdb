// From a message head to a field block: what is about the connection it came by stays behind, names go in lower case, and what the start
// line says becomes pseudo-fields (RFC 9113 §8.2.2, §8.3).
// SAFETY: writes below the end of what the caller gives, which the encoder sees to.
using System;
using System.Buffers.Text;
using Baton.Http.H2.Hpack;
using Baton.Http.Headers;
using Baton.Http.Messages;

namespace Baton.Http.H2;

/// <summary>
/// Writes field blocks; each returns the block's length, or -1 when it does not fit. The head's body must have been settled
/// (<see cref="BodyFraming.FrameFor"/>); a length is written as the body has it, whatever edits made of the field.
/// </summary>
public static unsafe class HeadBlockWriter
{
    /// <summary>
    /// The block of an answer. <paramref name="acceptsTunnel"/>: it answers an extended CONNECT, to which 101 is said as 200 (RFC 8441
    /// §5.1).
    /// </summary>
    public static int WriteResponse(MessageHead head, Span<byte> to, bool acceptsTunnel = false)
    {
        fixed (byte* p = to)
        {
            var encoder = new HpackEncoder(p, to.Length);
            bool opensTunnel = acceptsTunnel && head.Status == 101;
            encoder.WriteStatus(opensTunnel ? 200 : head.Status);
            WriteFields(ref encoder, head, opensTunnel ? HeaderId.SecWebSocketAccept : HeaderId.Other, withoutHost: false);
            return encoder.IsOverflown ? -1 : encoder.Length;
        }
    }

    /// <summary>
    /// The block of a request. <paramref name="scheme"/>: where the target names none. <paramref name="opensTunnel"/>: a GET with
    /// Upgrade goes as CONNECT with that protocol, which the peer has said that it takes.
    /// </summary>
    public static int WriteRequest(MessageHead head, ReadOnlySpan<byte> scheme, Span<byte> to, bool opensTunnel = false)
    {
        fixed (byte* p = to)
        {
            var encoder = new HpackEncoder(p, to.Length);
            int upgrade = opensTunnel ? head.Find(HeaderId.Upgrade) : -1,
                host = head.Find(HeaderId.Host);
            if (upgrade >= 0)
            {
                encoder.WriteMethod(HttpMethod.Connect, "CONNECT"u8);
                encoder.WriteProtocol(head.Field(upgrade).ValueSpan);
            }
            else
                encoder.WriteMethod(head.Method, head.MethodSpan);
            ReadOnlySpan<byte> authority = host >= 0 ? head.Field(host).ValueSpan : head.Authority;
            if (head.Form == TargetForm.Authority)
                authority = head.Authority;
            else
            {
                encoder.WriteScheme(head.Scheme.IsEmpty ? scheme : head.Scheme);
                WritePath(ref encoder, head);
            }
            if (!authority.IsEmpty)
                encoder.WriteAuthority(authority);
            WriteFields(ref encoder, head, upgrade >= 0 ? HeaderId.SecWebSocketKey : HeaderId.Other, withoutHost: !authority.IsEmpty);
            return encoder.IsOverflown ? -1 : encoder.Length;
        }
    }

    private static void WritePath(ref HpackEncoder encoder, MessageHead head)
    {
        ReadOnlySpan<byte> path = head.Form == TargetForm.Asterisk ? "*"u8 : head.PathAndQuery;
        // RFC 9113 §8.3.1: not empty; a whole URI may have none, and of OPTIONS it is the server that is meant then
        if (path.IsEmpty)
            path = head.Method == HttpMethod.Options ? "*"u8 : "/"u8;
        encoder.WritePath(path);
    }

    /// <summary>
    /// The block of trailers that came as text, a line for each, with or without the empty line at the end. Lines that are no field, or
    /// one that does not go on, are left out. 0: there is nothing to send.
    /// </summary>
    public static int WriteTrailers(ReadOnlySpan<byte> text, Span<byte> to)
    {
        fixed (byte* p = to)
        {
            var encoder = new HpackEncoder(p, to.Length);
            while (!text.IsEmpty)
            {
                int end = text.IndexOf((byte)'\n');
                ReadOnlySpan<byte> line = (end < 0 ? text : text[..end]).TrimEnd((byte)'\r');
                text = end < 0 ? default : text[(end + 1)..];
                int colon = line.IndexOf((byte)':');
                if (colon <= 0 || !ByteClass.IsToken(line[..colon]))
                    continue;
                ReadOnlySpan<byte> value = line[(colon + 1)..].Trim(" \t"u8);
                HeaderId id = HeaderNames.Find(line[..colon]);
                if (GoesOn(id, value) && id is not (HeaderId.ContentLength or HeaderId.Host) && HeadMaker.IsFrameValue(value))
                    encoder.WriteField(id, line[..colon], value, isNeverIndexed: false);
            }
            return encoder.IsOverflown ? -1 : encoder.Length;
        }
    }

    private static void WriteFields(ref HpackEncoder encoder, MessageHead head, HeaderId except, bool withoutHost)
    {
        bool isFramingEdited = head.IsFramingEdited;
        foreach (ref HeaderField field in head.Fields)
        {
            HeaderId id = field.Id;
            if (
                IsSpecial(id)
                && (
                    !GoesOn(id, field.ValueSpan)
                    || withoutHost && id == HeaderId.Host
                    || isFramingEdited && id == HeaderId.ContentLength && !KeepsLength(head)
                )
            )
                continue;
            if (except != HeaderId.Other && id == except)
                continue;
            encoder.WriteField(id, field.NameSpan, field.ValueSpan, (field.Flags & HeaderField.NeverIndexedFlag) != 0);
        }
        if (
            isFramingEdited
            && head.ContentLength >= 0
            && head.Body != BodyKind.Chunked
            && !head.IsSentInChunks
            && !KeepsLength(head)
            && MayHaveLength(head)
        )
            WriteLength(ref encoder, head.ContentLength);
    }

    /// <summary>PERF: most fields are none of these, which is one comparison.</summary>
    private static bool IsSpecial(HeaderId id) => id is >= HeaderId.Host and <= HeaderId.Te or HeaderId.Http2Settings;

    /// <summary>RFC 9113 §8.2.2: nothing of the connection, of TE only "trailers".</summary>
    private static bool GoesOn(HeaderId id, ReadOnlySpan<byte> value) =>
        id != HeaderId.Http2Settings && HeadMaker.MayComeInFrames(id, value);

    /// <summary>An answer without a body for other reasons than its length, HEAD or 304, has the length that an edit left.</summary>
    private static bool KeepsLength(MessageHead head) =>
        head.IsResponse && head.Body == BodyKind.None && head.ContentLength != 0 && MayHaveLength(head);

    private static bool MayHaveLength(MessageHead head) => !(head.IsResponse && head.Status is < 200 or 204);

    private static void WriteLength(scoped ref HpackEncoder encoder, long length)
    {
        Span<byte> text = stackalloc byte[20];
        Utf8Formatter.TryFormat(length, text, out int written);
        encoder.WriteField(HeaderId.ContentLength, "content-length"u8, text[..written], isNeverIndexed: false);
    }
}
