// Switching protocols (RFC 9110 §7.8): what makes a request for it, and an answer to one, sound.
using System;
using Baton.Http.Headers;

namespace Baton.Http.Messages;

public static class ProtocolSwitch
{
    /// <summary>Length of a Sec-WebSocket-Key: 16 bytes in base64 (RFC 6455 §4.1).</summary>
    public const int WebSocketKeyLength = 24;

    /// <summary>COMPAT: a WebSocket handshake without its key is malformed. Other protocols are not looked into.</summary>
    public static bool IsSound(MessageHead head)
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
    public static bool IsWanted(MessageHead head) =>
        head.ConnectionUpgrade && head.HasUpgradeHeader && head.Body == BodyKind.None && head.MinorVersion >= 1;

    public static bool AsksForWebSocket(MessageHead head)
    {
        int upgrade = head.HasUpgradeHeader ? head.Find(HeaderId.Upgrade) : -1;
        return upgrade >= 0 && ByteClass.EqualsIgnoreCase(head.Field(upgrade).ValueSpan, "websocket"u8);
    }

    /// <summary>A 101 that names what it switches to, to a client that wanted to switch; for WebSocket with the proof that the server
    /// understood.</summary>
    public static bool IsAnswered(MessageHead answer) =>
        answer.ConnectionUpgrade && answer.HasUpgradeHeader && (!AsksForWebSocket(answer) || answer.Find(HeaderId.SecWebSocketAccept) >= 0);
}
