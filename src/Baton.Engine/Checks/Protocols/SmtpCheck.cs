// "option smtpchk": the greeting, HELO or EHLO, QUIT. COMPAT: codes and texts are the server's own.
using System;
using System.Buffers.Text;
using Baton.Core.Text;

namespace Baton.Engine.Checks.Protocols;

internal static class SmtpCheck
{
    public static CheckStep[] Steps(string hello) =>
        [
            new ConnectStep { Linger = true },
            new ProtocolExpect(Reply),
            new SendStep(ByteText.GetBytes(hello + "\r\n")),
            new ProtocolExpect(Reply),
            new SendStep("QUIT\r\n"u8.ToArray()),
            new ProtocolExpect(Reply),
        ];

    /// <summary>A line of three digits and a text, the first digit a 2.</summary>
    private static CheckAnswer Reply(CheckDialogue dialogue, bool last)
    {
        ReadOnlySpan<byte> data = dialogue.Data;
        int end = data.IndexOfAny((byte)'\r', (byte)'\n');
        if (end < 0 && !last)
            return CheckAnswer.Wait;
        ReadOnlySpan<byte> line = end < 0 ? data : data[..end];
        bool isReply =
            line.Length >= 3
            && Utf8Parser.TryParse(line[..3], out int code, out int used)
            && used == 3
            && (line.Length == 3 || line[3] is (byte)' ' or (byte)'-');
        if (!isReply)
            return new(CheckVerdict.Failed, CheckStatus.Layer7Response, 0, ByteText.Decode(line.ToArray()));
        Utf8Parser.TryParse(line[..3], out code, out _);
        string text = line.Length > 4 ? ByteText.Decode(line[4..].ToArray()) : "";
        return code / 100 == 2
            ? new(CheckVerdict.Passed, CheckStatus.Layer7Ok, code, text)
            : new(CheckVerdict.Failed, CheckStatus.Layer7Status, code, text);
    }
}
