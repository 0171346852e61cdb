// The Forwarded header (RFC 7239): one element, "proto=http;host=...;by=...;for=...", and the nodes of "for" and "by".
using System;
using Baton.Http.ProxyProtocol;

namespace Baton.Http.Headers;

public static class ForwardedText
{
    /// <summary>The value of a parameter without its quotes; false when the header is not one whole, correct element, or has no such
    /// parameter.</summary>
    public static bool TryFind(ReadOnlySpan<byte> header, ForwardedParameter wanted, out ReadOnlySpan<byte> value)
    {
        value = default;
        bool found = false;
        int seen = 0;
        while (true)
        {
            if (!TryReadPair(ref header, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> text))
                return false;
            if (!TryName(name, out ForwardedParameter parameter) || (seen & 1 << (int)parameter) != 0 || !IsValid(parameter, text))
                return false;
            seen |= 1 << (int)parameter;
            if (parameter == wanted)
            {
                value = text;
                found = true;
            }
            if (header.IsEmpty)
                return found;
            // only ";" goes on: an element behind a comma is another value of the header
            if (header[0] != ';')
            {
                value = default;
                return false;
            }
            header = header[1..];
        }
    }

    /// <summary>One correct element.</summary>
    public static bool IsValid(ReadOnlySpan<byte> header)
    {
        for (ForwardedParameter p = ForwardedParameter.Proto; p <= ForwardedParameter.For; p++)
            if (TryFind(header, p, out _))
                return true;
        return false;
    }

    /// <summary>token "=" ( token / quoted-string ). COMPAT: within quotes no escapes.</summary>
    private static bool TryReadPair(scoped ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        name = value = default;
        int equals = rest.IndexOf((byte)'=');
        if (equals <= 0)
            return false;
        name = rest[..equals];
        rest = rest[(equals + 1)..];
        int end = 0;
        if (!rest.IsEmpty && rest[0] == '"')
        {
            end = rest[1..].IndexOf((byte)'"');
            if (end < 0)
                return false;
            value = rest[1..(end + 1)];
            rest = rest[(end + 2)..];
            return true;
        }
        while (end < rest.Length && ByteClass.IsToken(rest[end]))
            end++;
        value = rest[..end];
        rest = rest[end..];
        return end > 0;
    }

    private static bool TryName(ReadOnlySpan<byte> name, out ForwardedParameter parameter)
    {
        parameter = default;
        if (ByteClass.EqualsIgnoreCase(name, "proto"u8))
            parameter = ForwardedParameter.Proto;
        else if (ByteClass.EqualsIgnoreCase(name, "host"u8))
            parameter = ForwardedParameter.Host;
        else if (ByteClass.EqualsIgnoreCase(name, "by"u8))
            parameter = ForwardedParameter.By;
        else if (ByteClass.EqualsIgnoreCase(name, "for"u8))
            parameter = ForwardedParameter.For;
        else
            return false;
        return true;
    }

    private static bool IsValid(ForwardedParameter parameter, ReadOnlySpan<byte> text) =>
        parameter switch
        {
            ForwardedParameter.Proto => ByteClass.EqualsIgnoreCase(text, "http"u8) || ByteClass.EqualsIgnoreCase(text, "https"u8),
            ForwardedParameter.Host => text.Length > 0 && HostText.IsValid(text),
            _ => TrySplitNode(text, out _, out _),
        };

    /// <summary>A node as its name (an address without brackets, "unknown", or an identifier with its underscore) and its port, empty when
    /// there is none. RFC 7239 §6.</summary>
    public static bool TrySplitNode(ReadOnlySpan<byte> node, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> port)
    {
        name = port = default;
        if (node.IsEmpty)
            return false;
        Span<byte> address = stackalloc byte[16];
        int end;
        if (node[0] == '[')
        {
            end = node.IndexOf((byte)']');
            if (end < 0 || !AddressText.TryParseIPv6(node[1..end], address))
                return false;
            name = node[1..end++];
        }
        else
        {
            end = node.IndexOf((byte)':');
            if (end < 0)
                end = node.Length;
            name = node[..end];
            if (!IsUnknown(name) && !IsObfuscated(name) && !AddressText.TryParseIPv4(name, address))
                return false;
        }
        if (end == node.Length)
            return true;
        port = node[(end + 1)..];
        return node[end] == ':' && (IsObfuscated(port) || IsPort(port));
    }

    public static bool IsUnknown(ReadOnlySpan<byte> name) => ByteClass.EqualsIgnoreCase(name, "unknown"u8);

    /// <summary>An identifier chosen by a proxy: an underscore, then letters, digits, ".", "_", "-".</summary>
    public static bool IsObfuscated(ReadOnlySpan<byte> text)
    {
        if (text.Length < 2 || text[0] != '_')
            return false;
        foreach (byte b in text[1..])
            if (!char.IsAsciiLetterOrDigit((char)b) && b is not ((byte)'.' or (byte)'_' or (byte)'-'))
                return false;
        return true;
    }

    /// <summary>1 to 5 digits up to 65535.</summary>
    public static bool IsPort(ReadOnlySpan<byte> text) =>
        text.Length is > 0 and <= 5
        && System.Buffers.Text.Utf8Parser.TryParse(text, out uint number, out int used)
        && used == text.Length
        && number <= ushort.MaxValue;
}
