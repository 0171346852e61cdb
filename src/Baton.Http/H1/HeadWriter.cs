// Writes a message head as HTTP/1 text: start line, fields, empty line. What lies as it was read from text is copied from there,
// neighbours in one go; the rest is put together of its parts.
// SAFETY: the length is found before the first byte is written, and exactly that many are.
using System;
using System.Buffers.Text;
using System.Runtime.CompilerServices;
using Baton.Http.Headers;
using Baton.Http.Messages;

namespace Baton.Http.H1;

/// <summary>The HTTP/1 form of a <see cref="MessageHead"/>.</summary>
public static unsafe class HeadWriter
{
    private const ulong WordHttp11 = 0x312E312F50545448; // "HTTP/1.1"

    /// <summary>Bytes that <see cref="Write"/> will produce.</summary>
    public static int Length(MessageHead head) =>
        !head.IsModified ? head.HeadLength : head.Size - (head.IsStartModified ? head.Target.Length - TargetOf(head).Length : 0);

    /// <summary>Writes the head with its empty line; returns the bytes written, or -1 when it does not fit.</summary>
    public static int Write(MessageHead head, Span<byte> destination)
    {
        int length = Length(head);
        if (destination.Length < length)
            return -1;
        ref HeadSource source = ref head.Source;
        if (!head.IsModified)
        {
            new ReadOnlySpan<byte>(source.Start, length).CopyTo(destination);
            return length;
        }
        fixed (byte* begin = destination)
        {
            byte* to = begin;
            byte* run = source.Start + source.LineOffset;
            byte* runEnd = run + source.LineLength;
            if (head.IsStartModified)
            {
                to = WriteStartLine(to, head);
                run = runEnd;
            }
            foreach (ref HeaderField field in head.Fields)
            {
                if (field.SourceLength != 0 && field.Name == runEnd)
                {
                    runEnd += field.SourceLength;
                    continue;
                }
                to = Copy(to, run, (int)(runEnd - run));
                if (field.SourceLength != 0)
                {
                    run = field.Name;
                    runEnd = run + field.SourceLength;
                    continue;
                }
                run = runEnd;
                to = WriteField(to, ref field);
            }
            to = Copy(to, run, (int)(runEnd - run));
            *to++ = (byte)'\r';
            *to++ = (byte)'\n';
            return (int)(to - begin);
        }
    }

    /// <summary>
    /// Makes Content-Length and Transfer-Encoding say what the body is, whatever edits made of them or another form has no need to say:
    /// a peer that believed something else would take the body for the next message (RFC 9112 §6.3, §11.2). Where there is no body for
    /// other reasons (HEAD, 304), a length is left as it was edited. False when there is no room. Before <see cref="Write"/>.
    /// </summary>
    public static bool RestoreFraming(MessageHead head)
    {
        if (!head.IsFramingEdited)
            return true;
        bool done = Frame(head);
        head.IsFramingEdited = false;
        return done;
    }

    private static bool Frame(MessageHead head)
    {
        if (head.Body == BodyKind.Chunked || head.IsSentInChunks)
        {
            head.RemoveAll(HeaderId.ContentLength);
            return Only(head, HeaderId.TransferEncoding, "transfer-encoding"u8, "chunked"u8);
        }
        head.RemoveAll(HeaderId.TransferEncoding);
        bool hasNoLength = head.IsResponse && head.Status is < 200 or 204;
        if (head.Body == BodyKind.Length || head.Body == BodyKind.None && head.ContentLength == 0 && !hasNoLength)
        {
            Span<byte> text = stackalloc byte[20];
            Utf8Formatter.TryFormat(head.ContentLength, text, out int length);
            return Only(head, HeaderId.ContentLength, "content-length"u8, text[..length]);
        }
        if (!head.IsResponse || head.Body == BodyKind.UntilClose || hasNoLength)
            head.RemoveAll(HeaderId.ContentLength);
        return true;
    }

    /// <summary>One field of that name, with that value.</summary>
    private static bool Only(MessageHead head, HeaderId id, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        int first = head.Find(id);
        if (first < 0)
            return head.AddField(name, value);
        for (int i = head.Find(id, first); i >= 0; i = head.Find(id, i))
            head.RemoveField(i);
        return head.Field(first).ValueSpan.SequenceEqual(value) || head.ReplaceValue(first, value);
    }

    /// <summary>The target as text has it: a server is asked for a path, and is told the authority by Host (RFC 9112 §3.2.1).</summary>
    private static ReadOnlySpan<byte> TargetOf(MessageHead head) =>
        head.IsTargetComposed && head.Form == TargetForm.Absolute ? head.PathAndQuery : head.Target;

    private static byte* WriteStartLine(byte* to, MessageHead head)
    {
        if (head.IsResponse)
        {
            to = WriteVersion(to, head);
            *to++ = (byte)' ';
            *to++ = (byte)('0' + head.Status / 100);
            *to++ = (byte)('0' + head.Status / 10 % 10);
            *to++ = (byte)('0' + head.Status % 10);
            *to++ = (byte)' ';
            to = Copy(to, head.Reason);
        }
        else
        {
            to = Copy(to, head.MethodSpan);
            *to++ = (byte)' ';
            to = Copy(to, TargetOf(head));
            *to++ = (byte)' ';
            to = WriteVersion(to, head);
        }
        *to++ = (byte)'\r';
        *to++ = (byte)'\n';
        return to;
    }

    /// <summary>The version is this proxy's own (RFC 9110 §2.5): it knows 1.1, and what was said in 1.0 stays 1.0.</summary>
    private static byte* WriteVersion(byte* to, MessageHead head)
    {
        Unsafe.WriteUnaligned(to, WordHttp11);
        to[7] = (byte)('0' + Math.Min(head.MinorVersion, 1));
        return to + 8;
    }

    private static byte* WriteField(byte* to, ref HeaderField field)
    {
        to = Copy(to, field.Name, field.NameLength);
        *to++ = (byte)':';
        *to++ = (byte)' ';
        to = Copy(to, field.Value, field.ValueLength);
        *to++ = (byte)'\r';
        *to++ = (byte)'\n';
        return to;
    }

    private static byte* Copy(byte* to, ReadOnlySpan<byte> text)
    {
        text.CopyTo(new Span<byte>(to, text.Length));
        return to + text.Length;
    }

    private static byte* Copy(byte* to, byte* from, int length)
    {
        Unsafe.CopyBlockUnaligned(to, from, (uint)length);
        return to + length;
    }
}
