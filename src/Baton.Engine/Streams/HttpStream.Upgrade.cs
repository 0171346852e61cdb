// Switching protocols: what makes a request for it, and an answer to one, sound.
using System;
using Baton.Http.Headers;
using Baton.Http.Messages;

namespace Baton.Engine.Streams;

public sealed partial class HttpStream
{
    /// <summary>Length of a Sec-WebSocket-Key: 16 bytes in base64 (RFC 6455 §4.1).</summary>
    private const int WebSocketKeyLength = 24;

    /// <summary>COMPAT: a WebSocket handshake without its key is malformed. Other protocols are not looked into.</summary>
    private static bool IsSoundUpgrade(MessageHead head)
    {
        if (!head.ConnectionUpgrade || !AsksForWebSocket(head))
            return true;
        int key = head.Find(HeaderId.SecWebSocketKey);
        return key >= 0 && head.Field(key).ValueLength == WebSocketKeyLength;
    }

    /// <summary>
    /// The request may end in another protocol. COMPAT: not one with a body, for where that ends and the other protocol begins is
    /// nothing that two parsers must agree on; nor one of HTTP/1.0 (RFC 9110 §7.8).
    /// </summary>
    private static bool MayUpgrade(MessageHead head) =>
        head.ConnectionUpgrade && head.HasUpgradeHeader && head.Body == BodyKind.None && head.MinorVersion >= 1;

    private static bool AsksForWebSocket(MessageHead head)
    {
        int upgrade = head.HasUpgradeHeader ? head.Find(HeaderId.Upgrade) : -1;
        return upgrade >= 0 && ByteClass.EqualsIgnoreCase(head.Field(upgrade).ValueSpan, "websocket"u8);
    }

    /// <summary>A 101 that names what it switches to, to a client that wanted to switch; for WebSocket with the proof that the server
    /// understood.</summary>
    private bool IsAnsweredUpgrade(MessageHead answer) =>
        _wantsUpgrade
        && answer.ConnectionUpgrade
        && answer.HasUpgradeHeader
        && (!AsksForWebSocket(answer) || answer.Find(HeaderId.SecWebSocketAccept) >= 0);

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
