// What the fields of a head mean for the end of its body and for its connection (RFC 9112 §6 and §9, RFC 9110 §7.2 and §7.6): the part
// that request smuggling aims at, so whatever could be read in two ways is refused. Every reader asks the same: the parser of text field
// by field as it goes, HeadMaker for heads that come in another form.
// SAFETY: the values looked at are those of fields in the head's table, which their reader has just put there.
using System;
using Baton.Http.Headers;

namespace Baton.Http.Messages;

internal static unsafe class HeadChecks
{
    /// <summary>A name that <see cref="Understand"/> has to see.</summary>
    public static bool Matters(HeaderId id) => (byte)(id - 1) < (byte)HeaderId.Te;

    /// <summary>A request line that no request has: the first words of an HTTP/2 connection.</summary>
    public static bool IsPreface(MessageHead head) => head.Method == HttpMethod.Other && head.MethodSpan.SequenceEqual("PRI"u8);

    /// <summary>Takes in the last field, when its name <see cref="Matters"/>. False: malformed.</summary>
    public static bool Understand(MessageHead head, ref HeaderField field, in ParseOptions options)
    {
        switch (field.Id)
        {
            case HeaderId.Host:
                return head.IsResponse || UnderstandHost(head, ref field, options);
            case HeaderId.ContentLength:
                return UnderstandLength(head, ref field, head.IsResponse || options.AcceptUnsafeViolations);
            case HeaderId.TransferEncoding:
                return UnderstandEncoding(head, ref field);
            case HeaderId.Connection:
                head.Flags |= HeadFlags.HasConnection | ConnectionFlags(field.ValueSpan);
                return true;
            case HeaderId.Upgrade:
                head.Flags |= HeadFlags.HasUpgrade;
                return true;
            case HeaderId.KeepAlive:
            case HeaderId.ProxyConnection:
            case HeaderId.Te:
                head.Flags |= HeadFlags.HasHopByHop;
                return true;
            case HeaderId.Expect:
                if (ByteClass.EqualsIgnoreCase(field.ValueSpan, "100-continue"u8))
                    head.Flags |= HeadFlags.ExpectContinue;
                return true;
            default:
                return true;
        }
    }

    // RFC 9112 §3.2: more than one Host, or an invalid one, is 400.
    private static bool UnderstandHost(MessageHead head, ref HeaderField field, in ParseOptions options)
    {
        int last = head.FieldCount - 1;
        if (head.HostIndex < 0)
        {
            head.HostIndex = last;
            return options.AcceptUnsafeViolations || HostText.IsValid(field.ValueSpan);
        }
        if (!options.AcceptUnsafeViolations || !ByteClass.EqualsIgnoreCase(field.ValueSpan, head.Field(head.HostIndex).ValueSpan))
            return false;
        head.RemoveField(last);
        return true;
    }

    // RFC 9112 §6.3: repeated equal lengths may be collapsed to one; requests get that only when asked for.
    private static bool UnderstandLength(MessageHead head, ref HeaderField field, bool collapse)
    {
        if (!ContentLengthText.TryParse(field.ValueSpan, collapse, out long length, out int firstLength))
            return false;
        int zeros = 0;
        while (zeros < firstLength - 1 && field.Value[zeros] == '0')
            zeros++;
        // One number, without the zeros that a reader might take for octal or overflow on.
        if (firstLength != field.ValueLength || zeros > 0)
            head.Shorten(ref field, zeros, firstLength - zeros);
        int last = head.FieldCount - 1;
        if (head.LengthIndex < 0)
        {
            head.LengthIndex = last;
            head.ContentLength = length;
            return true;
        }
        if (!collapse || length != head.ContentLength)
            return false;
        head.RemoveField(last);
        return true;
    }

    // Exactly one field that says exactly chunked. Anything else in a request is refused; a server's other
    // codings (RFC 9112 §6.3 item 4) would need the body to end at close, which no one sends: refused too.
    private static bool UnderstandEncoding(MessageHead head, ref HeaderField field)
    {
        if (
            head.EncodingIndex >= 0
            || (head.MinorVersion == 0 && !head.IsResponse)
            || !ByteClass.EqualsIgnoreCase(field.ValueSpan, "chunked"u8)
        )
        {
            return false;
        }
        head.EncodingIndex = head.FieldCount - 1;
        return true;
    }

    private static HeadFlags ConnectionFlags(ReadOnlySpan<byte> value)
    {
        var flags = HeadFlags.None;
        while (value.Length > 0)
        {
            int comma = value.IndexOf((byte)',');
            ReadOnlySpan<byte> item = (comma < 0 ? value : value[..comma]).Trim(" \t"u8);
            if (item.Length == 5 && ByteClass.EqualsIgnoreCase(item, "close"u8))
                flags |= HeadFlags.Close;
            else if (item.Length == 10 && ByteClass.EqualsIgnoreCase(item, "keep-alive"u8))
                flags |= HeadFlags.KeepAlive;
            else if (item.Length == 7 && ByteClass.EqualsIgnoreCase(item, "upgrade"u8))
                flags |= HeadFlags.Upgrade;
            value = comma < 0 ? default : value[(comma + 1)..];
        }
        return flags;
    }

    /// <summary>
    /// All of a request's fields are there. <paramref name="withoutAnyLength"/>: the body it has when no field tells of one.
    /// <paramref name="culprit"/>: index of the field at fault, -1 when it is none of them.
    /// </summary>
    public static ParseStatus FinishRequest(MessageHead head, BodyKind withoutAnyLength, in ParseOptions options, out int culprit)
    {
        culprit = -1;
        if (head.EncodingIndex >= 0)
        {
            if (head.LengthIndex >= 0)
            {
                // RFC 9112 §6.1: an attempt at smuggling more often than not.
                if (!options.AcceptUnsafeViolations)
                    return ParseStatus.BadRequest;
                DropLength(head);
            }
            head.Body = BodyKind.Chunked;
        }
        else if (head.ContentLength > 0)
            head.Body = BodyKind.Length;
        else if (head.ContentLength < 0)
            head.Body = withoutAnyLength;
        if (head.Body != BodyKind.None)
        {
            if (head.Method == HttpMethod.Connect)
                return ParseStatus.BadRequest;
            // COMPAT: HAProxy answers 413, since servers of that age take the body for the next request.
            if (
                head.MinorVersion == 0
                && !options.AcceptPayloadWithAnyMethod
                && head.Method is HttpMethod.Get or HttpMethod.Head or HttpMethod.Delete
            )
                return ParseStatus.BodyNotAllowed;
        }
        if (head.Form is TargetForm.Absolute or TargetForm.Authority && head.HostIndex >= 0 && !options.AcceptUnsafeViolations)
        {
            if (!HostText.AreSame(head.Authority, head.Field(head.HostIndex).ValueSpan, head.Scheme))
            {
                culprit = head.HostIndex;
                return ParseStatus.BadRequest;
            }
        }
        head.IsWhole = true;
        return ParseStatus.Complete;
    }

    /// <summary>All of the fields of an answer are there, which is one to a request of that method.</summary>
    public static ParseStatus FinishResponse(MessageHead head, HttpMethod requestMethod, BodyKind withoutAnyLength)
    {
        if (head.EncodingIndex >= 0)
        {
            // RFC 9112 §6.1: chunked wins, the length goes, and in HTTP/1.0 the framing is not to be trusted twice.
            if (head.LengthIndex >= 0)
                DropLength(head);
            if (head.MinorVersion == 0)
                head.Flags |= HeadFlags.Close | HeadFlags.DoubtfulEnd;
        }
        if (!BodyFraming.HasBody(head.Status, requestMethod))
        {
            head.Body = BodyKind.None;
            if (head.Status is < 200 or 204 && (head.LengthIndex >= 0 || head.EncodingIndex >= 0))
            {
                // RFC 9110 §8.6, RFC 9112 §6.1: these two must not announce a body at all.
                head.ContentLength = -1;
                head.RemoveAll(HeaderId.ContentLength);
                head.RemoveAll(HeaderId.TransferEncoding);
            }
        }
        else if (head.EncodingIndex >= 0)
            head.Body = BodyKind.Chunked;
        else if (head.ContentLength >= 0)
            head.Body = head.ContentLength > 0 ? BodyKind.Length : BodyKind.None;
        else
        {
            head.Body = withoutAnyLength;
            if (withoutAnyLength == BodyKind.UntilClose)
                head.Flags |= HeadFlags.Close;
        }
        head.IsWhole = true;
        return ParseStatus.Complete;
    }

    private static void DropLength(MessageHead head)
    {
        head.RemoveField(head.LengthIndex);
        head.LengthIndex = -1;
        head.ContentLength = -1;
        head.Flags |= HeadFlags.Close;
    }
}
