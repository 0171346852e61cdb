// A TLS connection after its handshake: all that its records depend on. It is small and has no pointers, so that it can be kept outside
// of the managed heap, written down for the next process, and wiped.
// SAFETY: one fixed array, as DirectionKeys says.
using System;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Baton.Http.Tls.Records;

public unsafe struct RecordState
{
    public const ushort Tls12 = 0x0303,
        Tls13 = 0x0304;

    /// <summary>Most bytes of text in a record (RFC 8446 §5.1).</summary>
    public const int LargestFragment = 16384;

    /// <summary>type, version, length.</summary>
    public const int HeaderLength = 5;

    /// <summary>A whole record at most: that of TLS 1.2 (RFC 5246 §6.2.3).</summary>
    public const int LargestRecord = HeaderLength + LargestFragment + 2048;

    public DirectionKeys Read,
        Write;

    public ushort Version,
        CipherSuite;

    /// <summary>Most bytes of text in a record of ours (max_fragment_length, RFC 6066 §4).</summary>
    public ushort LargestSent;

    /// <summary>We are the one that was connected to.</summary>
    public bool IsServer;

    /// <summary>close_notify has come, has gone; the connection is over, because of a fault or a fatal alert.</summary>
    public bool HasReadEnd,
        HasWrittenEnd,
        IsBroken;

    /// <summary>With <see cref="RecordEvent.Aborted"/> the peer's reason, with <see cref="RecordEvent.Fault"/> ours.</summary>
    public AlertDescription LastAlert;

    /// <summary>What came in a row without data, of which each is limited.</summary>
    internal byte EmptyRecords,
        Warnings,
        Messages;
    internal bool HasRefusedRenegotiation;

    /// <summary>A handshake message that has begun: how many bytes it has, how many have come of it, and the first of them.</summary>
    internal int MessageLength,
        MessageSoFar;
    private fixed byte _message[MessageHead];

    /// <summary>Header of a handshake message, and the one byte of a KeyUpdate.</summary>
    internal const int MessageHead = 5;

    internal Span<byte> Message => new(Unsafe.AsPointer(ref _message[0]), MessageHead);

    /// <summary>Bytes of <see cref="Progress"/>: the counts, the message.</summary>
    private const int ProgressLength = 4 + 4 + 4 + MessageHead;

    /// <summary>What was read of something that has not ended, as bytes for <see cref="SetProgress"/> of the next process.</summary>
    public readonly byte[] Progress
    {
        get
        {
            byte[] bytes = new byte[ProgressLength];
            (bytes[0], bytes[1], bytes[2], bytes[3]) = (EmptyRecords, Warnings, Messages, HasRefusedRenegotiation ? (byte)1 : (byte)0);
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), MessageLength);
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8), MessageSoFar);
            for (int i = 0; i < MessageHead; i++)
                bytes[12 + i] = _message[i];
            return bytes;
        }
    }

    /// <summary>False when they are not what another process had.</summary>
    public bool SetProgress(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != ProgressLength)
            return false;
        (EmptyRecords, Warnings, Messages, HasRefusedRenegotiation) = (bytes[0], bytes[1], bytes[2], bytes[3] != 0);
        MessageLength = BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]);
        MessageSoFar = BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]);
        bytes[12..].CopyTo(Message);
        return MessageSoFar >= 0
            && (MessageSoFar < MessageHead ? MessageLength == 0 || MessageLength >= MessageSoFar : MessageSoFar < MessageLength);
    }

    /// <summary>The peer has begun a message and not ended it.</summary>
    public readonly bool IsInMessage => MessageSoFar > 0;

    public readonly CipherSuite Suite => Records.CipherSuite.Of(CipherSuite);

    /// <summary>Records carry a part of their nonce.</summary>
    internal readonly bool HasExplicitNonce => Version == Tls12 && Suite.Algorithm != AeadAlgorithm.ChaCha20Poly1305;

    /// <summary>Leaves nothing behind.</summary>
    public void Wipe()
    {
        Read.Wipe();
        Write.Wipe();
        this = default;
    }
}
