// "option mysql-check": the server's greeting, and with a user what it says to a log-in without a password, which it sees as a quit.
using System;
using System.Buffers.Binary;
using Baton.Core.Text;

namespace Baton.Engine.Checks.Protocols;

internal static class MySqlCheck
{
    private const int HeaderLength = 4;
    private const byte Error = 0xFF;

    /// <summary>A packet that ends the conversation.</summary>
    private static ReadOnlySpan<byte> Quit => [1, 0, 0, 0, 1];

    /// <param name="user">Null for the greeting alone.</param>
    public static CheckStep[] Steps(string? user, bool pre41) =>
        user is null
            ? [new ConnectStep { Linger = true }, new ProtocolExpect(Packet)]
            :
            [
                new ConnectStep { Linger = true },
                new ProtocolExpect(Packet),
                new SendStep([.. LogIn(ByteText.GetBytes(user), pre41), .. Quit]),
                new ProtocolExpect(Packet),
            ];

    /// <summary>Capabilities, longest packet, character set; the name; no password.</summary>
    private static byte[] LogIn(byte[] user, bool pre41)
    {
        ReadOnlySpan<byte> begin = pre41 ? [0x00, 0x80, 0x00, 0x00, 0x01] : [0x00, 0x82, 0x00, 0x00, 0x00, 0x80, 0x00, 0x01, 0x21];
        int unused = pre41 ? 0 : 23,
            length = begin.Length + unused + user.Length + 2;
        byte[] packet = new byte[HeaderLength + length];
        BinaryPrimitives.WriteInt32LittleEndian(packet, length | 1 << 24);
        begin.CopyTo(packet.AsSpan(HeaderLength));
        user.CopyTo(packet, HeaderLength + begin.Length + unused);
        return packet;
    }

    /// <summary>A whole packet that is no error.</summary>
    private static CheckAnswer Packet(CheckDialogue dialogue, bool last)
    {
        ReadOnlySpan<byte> data = dialogue.Data;
        int length = data.Length < HeaderLength ? int.MaxValue : BinaryPrimitives.ReadInt32LittleEndian(data) & 0xFFFFFF;
        if (
            length == 0
            || length > data.Length - HeaderLength && (last || length > dialogue.Worker.Buffers.BlockSize && data.Length >= HeaderLength)
        )
            return data.Length > HeaderLength && data[HeaderLength] == Error
                ? Refused(data)
                : new(CheckVerdict.Failed, CheckStatus.Layer7Response);
        if (length > data.Length - HeaderLength)
            return CheckAnswer.Wait;
        return data[HeaderLength] == Error ? Refused(data[..(HeaderLength + length)]) : new(CheckVerdict.Passed, CheckStatus.Layer7Ok);
    }

    private static CheckAnswer Refused(ReadOnlySpan<byte> packet)
    {
        ReadOnlySpan<byte> about = packet[(HeaderLength + 1)..];
        return about.Length < 2
            ? new(CheckVerdict.Failed, CheckStatus.Layer7Response)
            : new(
                CheckVerdict.Failed,
                CheckStatus.Layer7Status,
                BinaryPrimitives.ReadUInt16LittleEndian(about),
                ByteText.Decode(about[2..].ToArray())
            );
    }
}
