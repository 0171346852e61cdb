// "option pgsql-check": a start-up message, and what the server says to it: an error, or how it wants to know who it is.
using System;
using System.Buffers.Binary;
using Baton.Core.Text;

namespace Baton.Engine.Checks.Protocols;

internal static class PgSqlCheck
{
    private const int Version3 = 0x00030000,
        HeaderLength = 9;

    public static CheckStep[] Steps(string user) =>
        [new ConnectStep { Linger = true }, new SendStep(StartUp(user)), new ProtocolExpect(Answer)];

    private static byte[] StartUp(string user)
    {
        byte[] text = ByteText.GetBytes($"user\0{user}\0\0"),
            message = new byte[8 + text.Length];
        BinaryPrimitives.WriteInt32BigEndian(message, message.Length);
        BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(4), Version3);
        text.CopyTo(message, 8);
        return message;
    }

    private static CheckAnswer Answer(CheckDialogue dialogue, bool last)
    {
        ReadOnlySpan<byte> data = dialogue.Data;
        if (data.Length < HeaderLength && !last)
            return CheckAnswer.Wait;
        if (data is [(byte)'E', ..] && data.Length > 6)
        {
            // the first field of an error is its severity
            ReadOnlySpan<byte> field = data[6..];
            int end = field.IndexOf((byte)0);
            return new(CheckVerdict.Failed, CheckStatus.Layer7Response, 0, ByteText.Decode((end < 0 ? field : field[..end]).ToArray()));
        }
        return data is [(byte)'R', 0, 0, ..] && data.Length >= HeaderLength
            ? new(CheckVerdict.Passed, CheckStatus.Layer7Ok, 0, "PostgreSQL server is ok")
            : new(CheckVerdict.Failed, CheckStatus.Layer7Status, 0, "PostgreSQL unknown error");
    }
}
