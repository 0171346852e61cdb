// TLS 1.2 with AES-GCM: the nonce that our Finished carried, which is the first record of ours that is sealed. Ours go on behind it.
using System;
using System.Buffers.Binary;
using Baton.Http.Tls.Records;

namespace Baton.Engine.Tls;

internal struct FinishedNonce
{
    private bool _hasChangedCipher;

    /// <summary>The part of it that was on the wire.</summary>
    public ulong Value { get; private set; }

    /// <summary>Looks at records that go out during the handshake.</summary>
    public void Note(ReadOnlySpan<byte> made)
    {
        while (made.Length >= RecordState.HeaderLength)
        {
            int length = RecordState.HeaderLength + (made[3] << 8 | made[4]);
            if (length > made.Length)
                return;
            if (made[0] == (byte)ContentType.ChangeCipherSpec)
                _hasChangedCipher = true;
            else if (_hasChangedCipher && made[0] == (byte)ContentType.Handshake && length >= RecordState.HeaderLength + 8)
                Value = BinaryPrimitives.ReadUInt64BigEndian(made[RecordState.HeaderLength..]);
            made = made[length..];
        }
    }
}
