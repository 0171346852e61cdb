// Bytes of a message's head as the log counts them.
using System;
using Baton.Http.Headers;
using Baton.Http.Messages;

namespace Baton.Engine.Logs;

internal static class HeadSize
{
    /// <summary>COMPAT: bytes of a head as HAProxy counts them in %B and %U: 20, the start line's words, names and values, 1 for the
    /// end.</summary>
    public static int ForLog(MessageHead head, bool request, bool own = false)
    {
        // of our own answers what the rules made of them
        int size =
            20
            + 8
            + 1
            + (own ? head.CurrentFieldBytes : head.FieldBytes)
            + (request ? head.MethodSpan.Length + head.Target.Length : 3 + head.Reason.Length);
        if (head.Body == BodyKind.Chunked)
            size++;
        // a server's Connection header is taken out before counting, that of our own pages is not
        return own || !head.HasConnectionHeader ? size : size - ConnectionBytes(head);
    }

    private static int ConnectionBytes(MessageHead head)
    {
        int size = 0;
        for (int i = 0; i < head.FieldCount; i++)
        {
            ref HeaderField field = ref head.Field(i);
            if (field.Id == HeaderId.ProxyConnection)
                size += field.NameLength + field.ValueLength;
            else if (field.Id == HeaderId.Connection)
                size += OwnTokens(field.ValueSpan) is int own && own < field.ValueLength ? own : field.NameLength + field.ValueLength;
        }
        return size;
    }

    /// <summary>Bytes of a Connection field's value that are about the connection itself (close, keep-alive), with what separates
    /// them.</summary>
    private static int OwnTokens(ReadOnlySpan<byte> value)
    {
        int own = 0;
        while (value.Length > 0)
        {
            int comma = value.IndexOf((byte)',');
            int length = comma < 0 ? value.Length : comma + 1;
            ReadOnlySpan<byte> token = value[..(comma < 0 ? length : comma)].Trim(" \t"u8);
            if (token.IsEmpty || ByteClass.EqualsIgnoreCase(token, "close"u8) || ByteClass.EqualsIgnoreCase(token, "keep-alive"u8))
                own += comma < 0 ? length : length + (comma + 1 < value.Length && value[comma + 1] == ' ' ? 1 : 0);
            value = value[length..];
        }
        return own;
    }
}
