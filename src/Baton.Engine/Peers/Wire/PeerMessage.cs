// A message of the peers protocol: class, type and, from type 128 on, a length and a body. What the body says is read elsewhere.
using System;

namespace Baton.Engine.Peers.Wire;

/// <summary>Lies in the input it was taken from.</summary>
public readonly ref struct PeerMessage
{
    private const int HeaderLength = 2;

    /// <summary>Most that stands in front of a body.</summary>
    public const int MaxPrefix = HeaderLength + EncodedInteger.MaxLength;

    public MessageClass Class { get; private init; }

    /// <summary>One of <see cref="MessageType"/>, or another.</summary>
    public byte Type { get; private init; }
    public ReadOnlySpan<byte> Body { get; private init; }

    /// <summary>The message at the beginning of what came.</summary>
    /// <param name="input">What came.</param>
    /// <param name="maxBody">A longer body is <see cref="MessageStatus.TooLong"/>, as soon as its length is known.</param>
    /// <param name="message">The message, when it is whole.</param>
    /// <param name="length">Its bytes with everything.</param>
    public static MessageStatus Take(ReadOnlySpan<byte> input, int maxBody, out PeerMessage message, out int length)
    {
        message = default;
        length = 0;
        if (input.Length < HeaderLength)
            return MessageStatus.Incomplete;
        byte type = input[1];
        if (type < MessageType.VariableLength)
        {
            message = new PeerMessage { Class = (MessageClass)input[0], Type = type };
            length = HeaderLength;
            return MessageStatus.Whole;
        }
        int prefix = EncodedInteger.Read(input[HeaderLength..], out ulong body);
        if (prefix < 0)
            return MessageStatus.Malformed;
        if (prefix == 0)
            return MessageStatus.Incomplete;
        if (body > (ulong)maxBody)
            return MessageStatus.TooLong;
        int from = HeaderLength + prefix;
        if (input.Length - from < (int)body)
            return MessageStatus.Incomplete;
        message = new PeerMessage
        {
            Class = (MessageClass)input[0],
            Type = type,
            Body = input.Slice(from, (int)body),
        };
        length = from + (int)body;
        return MessageStatus.Whole;
    }

    /// <summary>Writes a message with a body; the bytes written, 0 when there is no room.</summary>
    public static int Write(Span<byte> to, byte type, ReadOnlySpan<byte> body)
    {
        if (to.Length < MaxPrefix + body.Length)
            return 0;
        to[0] = (byte)MessageClass.Table;
        to[1] = type;
        int at = HeaderLength + EncodedInteger.Write(to[HeaderLength..], (ulong)body.Length);
        body.CopyTo(to[at..]);
        return at + body.Length;
    }
}
