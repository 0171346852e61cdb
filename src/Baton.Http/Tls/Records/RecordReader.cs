// From a record as it came to what is in it (RFC 8446 §5, RFC 5246 §6). A record is looked at when it is whole; whatever must not come
// is answered with the alert that the RFC names, and ends the connection.
using System;
using System.Buffers.Binary;

namespace Baton.Http.Tls.Records;

public static class RecordReader
{
    /// <summary>In a row without data: COMPAT: OpenSSL's limits for the first two.</summary>
    private const int MostEmptyRecords = 32,
        MostWarnings = 4,
        MostMessages = 32;

    /// <summary>What a record may be longer than its text: TLS 1.3, TLS 1.2.</summary>
    private const int Expansion13 = 256,
        Expansion12 = 2048;

    /// <summary>Handshake messages that may come after the handshake.</summary>
    private const byte HelloRequest = 0,
        ClientHello = 1,
        NewSessionTicket = 4,
        KeyUpdate = 24;

    /// <summary>All fields of a NewSessionTicket as long as they can be.</summary>
    private const int LongestTicket = 131_400;

    /// <summary>
    /// How long the record at the start of <paramref name="bytes"/> is, header and all: 0 when its header is not whole yet, -1 when it
    /// may not come (<see cref="RecordState.LastAlert"/> says why).
    /// </summary>
    public static int Measure(ref RecordState s, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < RecordState.HeaderLength)
            return 0;
        bool is13 = s.Version == RecordState.Tls13;
        bool isKnown = is13
            ? bytes[0] == (byte)ContentType.ApplicationData
            : bytes[0] is >= (byte)ContentType.Alert and <= (byte)ContentType.ApplicationData;
        if (!isKnown)
            return Refuse(ref s, AlertDescription.UnexpectedMessage);
        if (BinaryPrimitives.ReadUInt16BigEndian(bytes[1..]) != RecordState.Tls12)
            return Refuse(ref s, AlertDescription.DecodeError);
        int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[3..]);
        if (length > RecordState.LargestFragment + (is13 ? Expansion13 : Expansion12))
            return Refuse(ref s, AlertDescription.RecordOverflow);
        return RecordState.HeaderLength + length;
    }

    private static int Refuse(ref RecordState s, AlertDescription why)
    {
        Fail(ref s, why);
        return -1;
    }

    private static RecordEvent Fail(ref RecordState s, AlertDescription why)
    {
        s.LastAlert = why;
        s.IsBroken = true;
        return RecordEvent.Fault;
    }

    /// <summary>
    /// Opens one whole record. Its text goes into <paramref name="into"/>, which has room for as many bytes as the record has, or begins
    /// where <see cref="TextOffset"/> says in the record itself. <paramref name="length"/>: bytes of data.
    /// </summary>
    public static RecordEvent Read(ref RecordState s, IAead aead, ReadOnlySpan<byte> record, Span<byte> into, out int length)
    {
        length = 0;
        int offset = TextOffset(s),
            text = record.Length - offset - IAead.TagLength;
        if (text < 0)
            return Fail(ref s, AlertDescription.BadRecordMac);
        if (!Open(ref s, aead, record, offset, into[..text]))
            return Fail(ref s, AlertDescription.BadRecordMac);
        s.Read.Sequence++;
        var type = (ContentType)record[0];
        if (s.Version == RecordState.Tls13)
        {
            // the type is the last byte that is not zero
            text = into[..text].LastIndexOfAnyExcept((byte)0);
            if (text < 0)
                return Fail(ref s, AlertDescription.UnexpectedMessage);
            type = (ContentType)into[text];
        }
        if (text > RecordState.LargestFragment)
            return Fail(ref s, AlertDescription.RecordOverflow);
        if (s.IsInMessage && type != ContentType.Handshake)
            return Fail(ref s, AlertDescription.UnexpectedMessage);
        ReadOnlySpan<byte> content = into[..text];
        switch (type)
        {
            case ContentType.ApplicationData when text > 0:
                s.EmptyRecords = s.Warnings = s.Messages = 0;
                length = text;
                return RecordEvent.Data;
            case ContentType.ApplicationData:
                return ++s.EmptyRecords > MostEmptyRecords ? Fail(ref s, AlertDescription.UnexpectedMessage) : RecordEvent.Nothing;
            case ContentType.Alert:
                return ReadAlert(ref s, content);
            case ContentType.Handshake:
                return ReadHandshake(ref s, aead, content);
            default:
                return Fail(ref s, AlertDescription.UnexpectedMessage);
        }
    }

    /// <summary>Where the sealed text begins in a record.</summary>
    public static int TextOffset(in RecordState s) => RecordState.HeaderLength + (s.HasExplicitNonce ? 8 : 0);

    private static bool Open(ref RecordState s, IAead aead, ReadOnlySpan<byte> record, int offset, Span<byte> into)
    {
        Span<byte> nonce = stackalloc byte[IAead.NonceLength];
        Span<byte> additional = stackalloc byte[RecordSeal.LongestAdditional];
        ulong carried = offset > RecordState.HeaderLength ? BinaryPrimitives.ReadUInt64BigEndian(record[RecordState.HeaderLength..]) : 0;
        RecordSeal.MakeNonce(s, ref s.Read, carried, nonce);
        additional = additional[..RecordSeal.MakeAdditional(s, s.Read.Sequence, record, into.Length, additional)];
        return aead.Open(s.Suite.Algorithm, ref s.Read, nonce, additional, record[offset..], into);
    }

    private static RecordEvent ReadAlert(ref RecordState s, ReadOnlySpan<byte> content)
    {
        const byte warning = 1;
        if (content.Length != 2)
            return Fail(ref s, content.Length == 0 ? AlertDescription.UnexpectedMessage : AlertDescription.DecodeError);
        var description = (AlertDescription)content[1];
        if (description == AlertDescription.CloseNotify)
        {
            s.HasReadEnd = true;
            return RecordEvent.Closed;
        }
        bool isWarning = s.Version == RecordState.Tls13 ? description == AlertDescription.UserCanceled : content[0] == warning;
        if (isWarning)
            return ++s.Warnings > MostWarnings ? Fail(ref s, AlertDescription.UnexpectedMessage) : RecordEvent.Nothing;
        s.LastAlert = description;
        s.IsBroken = true;
        return RecordEvent.Aborted;
    }

    /// <summary>Messages may be cut over records, and several may come in one.</summary>
    private static RecordEvent ReadHandshake(ref RecordState s, IAead aead, ReadOnlySpan<byte> content)
    {
        if (content.IsEmpty)
            return Fail(ref s, AlertDescription.UnexpectedMessage);
        RecordEvent result = RecordEvent.Nothing;
        while (!content.IsEmpty)
        {
            if (!TakeMessage(ref s, ref content, out bool isWhole))
                return Fail(ref s, AlertDescription.UnexpectedMessage);
            if (!isWhole)
                break;
            byte type = s.Message[0];
            byte value = s.Message[4];
            bool hasValue = s.MessageLength == RecordState.MessageHead;
            s.MessageSoFar = s.MessageLength = 0;
            if (++s.Messages > MostMessages)
                return Fail(ref s, AlertDescription.UnexpectedMessage);
            switch (type)
            {
                case KeyUpdate:
                    // behind it everything is under another key
                    if (!content.IsEmpty)
                        return Fail(ref s, AlertDescription.UnexpectedMessage);
                    if (!hasValue || value > 1)
                        return Fail(ref s, hasValue ? AlertDescription.IllegalParameter : AlertDescription.DecodeError);
                    aead.Forget(ref s.Read);
                    KeySchedule.Advance(ref s.Read, s.Suite);
                    return value == 1 ? RecordEvent.KeyUpdateWanted : RecordEvent.KeyUpdated;
                case ClientHello or HelloRequest:
                    if (s.HasRefusedRenegotiation)
                        return Fail(ref s, AlertDescription.NoRenegotiation);
                    s.HasRefusedRenegotiation = true;
                    result = RecordEvent.Renegotiation;
                    break;
            }
        }
        return result;
    }

    /// <summary>Takes bytes of one message. False when it is one that must not come.</summary>
    private static bool TakeMessage(ref RecordState s, ref ReadOnlySpan<byte> content, out bool isWhole)
    {
        const int header = 4;
        isWhole = false;
        while (s.MessageSoFar < header && !content.IsEmpty)
        {
            s.Message[s.MessageSoFar++] = content[0];
            content = content[1..];
        }
        if (!MayCome(s, s.Message[0]))
            return false;
        if (s.MessageSoFar < header)
            return true;
        if (s.MessageSoFar == header)
            s.MessageLength = header + (s.Message[1] << 16 | s.Message[2] << 8 | s.Message[3]);
        if (s.MessageLength > LongestTicket)
            return false;
        int take = Math.Min(content.Length, s.MessageLength - s.MessageSoFar);
        if (take > 0 && s.MessageSoFar == header)
            s.Message[header] = content[0];
        s.MessageSoFar += take;
        content = content[take..];
        isWhole = s.MessageSoFar == s.MessageLength;
        return true;
    }

    private static bool MayCome(in RecordState s, byte type) =>
        s.Version == RecordState.Tls13 ? type == KeyUpdate || type == NewSessionTicket && !s.IsServer
        : s.IsServer ? type == ClientHello
        : type == HelloRequest;
}
