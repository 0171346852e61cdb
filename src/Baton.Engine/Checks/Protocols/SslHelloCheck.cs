// "option ssl-hello-chk": a greeting of SSLv3, which says nothing about what a server takes; any that knows TLS answers it, if only with
// an alert.
using System;
using System.Buffers.Binary;

namespace Baton.Engine.Checks.Protocols;

internal static class SslHelloCheck
{
    private const byte Alert = 0x15,
        Handshake = 0x16;
    private const int RecordHeader = 5;

    public static CheckStep[] Steps() =>
        [
            new ConnectStep(),
            new HelloStep(),
            new ProtocolExpect(Answer) { OkStatus = CheckStatus.Layer6Ok, TimeoutStatus = CheckStatus.Layer6Timeout },
        ];

    private static CheckAnswer Answer(CheckDialogue dialogue, bool last)
    {
        if (dialogue.Data.Length < RecordHeader && !last)
            return CheckAnswer.Wait;
        return dialogue.Data is [Alert or Handshake, ..]
            ? new(CheckVerdict.Passed, CheckStatus.Layer6Ok)
            : new(CheckVerdict.Failed, CheckStatus.Layer6Response);
    }

    /// <summary>The record is made anew each time: the clock is in it.</summary>
    private sealed class HelloStep() : SendStep([])
    {
        private const int CipherBytes = 78,
            Length = 124;

        public override byte[] Bytes(CheckDialogue dialogue)
        {
            byte[] record = new byte[Length + 2];
            // record: handshake, SSLv3; message: client hello, SSLv3
            ReadOnlySpan<byte> head = [Handshake, 3, 0, 0, 0x79, 1, 0, 0, 0x75, 3, 0];
            head.CopyTo(record);
            Span<byte> rest = record.AsSpan(head.Length);
            BinaryPrimitives.WriteUInt32BigEndian(rest, (uint)DateTimeOffset.UtcNow.ToUnixTimeSeconds());
            // what stands for randomness; haproxy's, so that a server's log can be searched for it
            "HAPROXYSSLCHK\nHAPROXYSSLCHK\n"u8.CopyTo(rest[4..]);
            // no session, 39 ciphers
            BinaryPrimitives.WriteUInt16BigEndian(rest[33..], CipherBytes);
            int at = 35;
            for (ushort cipher = 0x01; cipher <= 0x3A; cipher = (ushort)(cipher == 0x1B ? 0x2F : cipher + 1), at += 2)
                BinaryPrimitives.WriteUInt16BigEndian(rest[at..], cipher);
            // one compression: none
            rest[at] = 1;
            return record;
        }
    }
}
