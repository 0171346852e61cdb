// "option redis-check": PING, PONG. COMPAT: what is said; an answer that is another one is waited out.
using System;
using Baton.Core.Text;

namespace Baton.Engine.Checks.Protocols;

internal static class RedisCheck
{
    public static CheckStep[] Steps() => [new ConnectStep(), new SendStep("*1\r\n$4\r\nPING\r\n"u8.ToArray()), new ProtocolExpect(Pong)];

    private static CheckAnswer Pong(CheckDialogue dialogue, bool last)
    {
        ReadOnlySpan<byte> data = dialogue.Data;
        if (data.IndexOf("+PONG\r\n"u8) >= 0)
            return new(CheckVerdict.Passed, CheckStatus.Layer7Ok, 0, "Redis server is ok");
        if (!last)
            return CheckAnswer.Wait;
        int end = data.IndexOfAny((byte)'\r', (byte)'\n');
        string said = data.IsEmpty ? dialogue.EmptyAnswer(2) : ByteText.Decode((end < 0 ? data : data[..end]).ToArray());
        return new(CheckVerdict.Failed, CheckStatus.Layer7Status, 0, said);
    }
}
