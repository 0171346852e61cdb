// The fields that are about one connection and end with it (RFC 9110 §7.6.1): taken out of a head before it goes on.
using System;
using Baton.Http.Headers;

namespace Baton.Http.Messages;

/// <summary>Works on a parsed head; fields that rules have put there are the configuration's will and stay.</summary>
public static class HopByHop
{
    /// <summary>
    /// Removes Connection with the fields it names, Keep-Alive, Proxy-Connection, what TE says besides "trailers" and, unless it
    /// <paramref name="keepsUpgrade"/>, Upgrade with its HTTP2-Settings. A well-known field that is for the other end is not removed
    /// however it is named: by naming X-Forwarded-For a client would hide what a proxy before this one wrote there.
    /// </summary>
    public static HopByHopOptions Remove(MessageHead head, bool keepsUpgrade)
    {
        var named = HopByHopOptions.None;
        for (int i = head.Find(HeaderId.Connection); i >= 0; i = head.Find(HeaderId.Connection, i))
        {
            ref HeaderField field = ref head.Field(i);
            // the commonest of those that stay: where it is, as it is
            if (keepsUpgrade && ByteClass.EqualsIgnoreCase(field.ValueSpan, "upgrade"u8) && head.Find(HeaderId.Upgrade) >= 0)
                continue;
            bool isOurs = (field.Flags & HeaderField.EditedFlag) != 0;
            if (isOurs ? ReadOurs(field.ValueSpan, ref named) : RemoveNamed(head, field.ValueSpan, ref named))
                head.RemoveField(i);
        }
        // PERF: most heads have none of these; looked for only where the parser has seen one, or one was named
        bool asksForTrailers = false;
        if (head.HasHopByHopHeader)
        {
            RemoveReceived(head, HeaderId.KeepAlive);
            RemoveReceived(head, HeaderId.ProxyConnection);
            asksForTrailers = ReduceTe(head);
        }
        if (!asksForTrailers)
            named &= ~HopByHopOptions.Te;
        if (!keepsUpgrade && (head.HasUpgradeHeader || (named & HopByHopOptions.Http2Settings) != 0))
        {
            RemoveReceived(head, HeaderId.Upgrade);
            RemoveReceived(head, HeaderId.Http2Settings);
        }
        if ((named & HopByHopOptions.Upgrade) != 0 && head.Find(HeaderId.Upgrade) < 0)
            named &= ~HopByHopOptions.Upgrade;
        if ((named & HopByHopOptions.Http2Settings) != 0 && head.Find(HeaderId.Http2Settings) < 0)
            named &= ~HopByHopOptions.Http2Settings;
        return named;
    }

    /// <summary>Writes the value of a Connection field: one word for each option that is set. Returns its length.</summary>
    public static int Write(HopByHopOptions options, bool keepAlive, Span<byte> to)
    {
        int length = 0;
        if ((options & HopByHopOptions.Upgrade) != 0)
            Append("Upgrade"u8, to, ref length);
        if ((options & HopByHopOptions.Http2Settings) != 0)
            Append("HTTP2-Settings"u8, to, ref length);
        if ((options & HopByHopOptions.Te) != 0)
            Append("TE"u8, to, ref length);
        if ((options & HopByHopOptions.Close) != 0)
            Append("close"u8, to, ref length);
        else if (keepAlive)
            Append("keep-alive"u8, to, ref length);
        return length;
    }

    private static void Append(ReadOnlySpan<byte> word, Span<byte> to, ref int length)
    {
        if (length > 0)
        {
            ", "u8.CopyTo(to[length..]);
            length += 2;
        }
        word.CopyTo(to[length..]);
        length += word.Length;
    }

    /// <summary>A Connection field of a rule. True when it says no more than what the next one says anyway.</summary>
    private static bool ReadOurs(ReadOnlySpan<byte> value, ref HopByHopOptions named)
    {
        bool isPlain = true;
        while (TakeToken(ref value, out ReadOnlySpan<byte> token))
        {
            if (ByteClass.EqualsIgnoreCase(token, "close"u8))
                named |= HopByHopOptions.Close;
            else if (!ByteClass.EqualsIgnoreCase(token, "keep-alive"u8))
                isPlain = false;
        }
        return isPlain;
    }

    /// <summary>A Connection field as it came. True: it has done its work.</summary>
    private static bool RemoveNamed(MessageHead head, ReadOnlySpan<byte> value, ref HopByHopOptions named)
    {
        while (TakeToken(ref value, out ReadOnlySpan<byte> token))
        {
            switch (HeaderNames.Find(token))
            {
                case HeaderId.Upgrade:
                    named |= HopByHopOptions.Upgrade;
                    break;
                case HeaderId.Http2Settings:
                    named |= HopByHopOptions.Http2Settings;
                    break;
                case HeaderId.Te:
                    named |= HopByHopOptions.Te;
                    break;
                case HeaderId.Other when !ByteClass.EqualsIgnoreCase(token, "close"u8):
                    RemoveReceived(head, token);
                    break;
            }
        }
        return true;
    }

    private static void RemoveReceived(MessageHead head, ReadOnlySpan<byte> name)
    {
        for (int i = head.Find(name); i >= 0; i = head.Find(name, i))
            RemoveReceived(head, i);
    }

    private static void RemoveReceived(MessageHead head, HeaderId id)
    {
        for (int i = head.Find(id); i >= 0; i = head.Find(id, i))
            RemoveReceived(head, i);
    }

    private static void RemoveReceived(MessageHead head, int i)
    {
        if ((head.Field(i).Flags & HeaderField.EditedFlag) == 0)
            head.RemoveField(i);
    }

    /// <summary>Of what TE asks for, only trailer fields are passed on: no coding is undone here. True when that is asked for.</summary>
    private static bool ReduceTe(MessageHead head)
    {
        bool wantsTrailers = false;
        for (int i = head.Find(HeaderId.Te); i >= 0; i = head.Find(HeaderId.Te, i))
        {
            ref HeaderField field = ref head.Field(i);
            if ((field.Flags & HeaderField.EditedFlag) != 0)
                continue;
            bool isFirst = !wantsTrailers && HasTrailers(field.ValueSpan);
            wantsTrailers |= isFirst;
            if (!isFirst)
                head.RemoveField(i);
            else if (!ByteClass.EqualsIgnoreCase(field.ValueSpan, "trailers"u8) && !head.ReplaceValue(i, "trailers"u8))
                head.RemoveField(i);
        }
        return wantsTrailers;
    }

    private static bool HasTrailers(ReadOnlySpan<byte> value)
    {
        while (TakeToken(ref value, out ReadOnlySpan<byte> token))
            if (ByteClass.EqualsIgnoreCase(token, "trailers"u8))
                return true;
        return false;
    }

    /// <summary>The next word of a list; empty ones are passed over.</summary>
    private static bool TakeToken(ref ReadOnlySpan<byte> value, out ReadOnlySpan<byte> token)
    {
        token = default;
        while (token.IsEmpty && value.Length > 0)
        {
            int comma = value.IndexOf((byte)',');
            token = (comma < 0 ? value : value[..comma]).Trim(" \t"u8);
            value = comma < 0 ? default : value[(comma + 1)..];
        }
        return token.Length > 0;
    }
}
