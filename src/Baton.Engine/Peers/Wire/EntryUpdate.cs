// An entry of a table on its way: the number of its change, the time it has left, its key, its values.
using System;
using System.Buffers.Binary;
using System.Text;

namespace Baton.Engine.Peers.Wire;

/// <summary>Key and values lie in what it was read from, or is written from.</summary>
public ref struct EntryUpdate
{
    private const int WordBytes = 4;

    /// <summary>The sender's number of the change.</summary>
    public uint Number;

    /// <summary>Milliseconds, -1 when it is not said.</summary>
    public int ExpireMs;

    /// <summary>Of an integer four bytes in network order.</summary>
    public ReadOnlySpan<byte> Key;

    /// <summary>As many numbers as the table's definition has, at the places its fields say.</summary>
    public Span<ulong> Values;

    /// <summary>server_key; null when there is none.</summary>
    public string? ServerKey;

    /// <summary>Whether a message of that type tells of an entry.</summary>
    public static bool IsUpdate(byte type) =>
        type is MessageType.Update or MessageType.IncrementalUpdate or MessageType.TimedUpdate or MessageType.IncrementalTimedUpdate;

    /// <summary>False when the body is none. What stands behind it is skipped.</summary>
    /// <param name="type">Of the message.</param>
    /// <param name="body">Of the message.</param>
    /// <param name="table">What the sender says it looks like.</param>
    /// <param name="last">The number before; this one's afterwards.</param>
    /// <param name="words">What the sender's numbers for words mean.</param>
    /// <param name="values">Room for <see cref="TableDefinition.Numbers"/>.</param>
    /// <param name="update">The entry, when there is one.</param>
    public static bool TryRead(
        byte type,
        ReadOnlySpan<byte> body,
        TableDefinition table,
        ref uint last,
        ReceivedWords words,
        Span<ulong> values,
        out EntryUpdate update
    )
    {
        update = new EntryUpdate { ExpireMs = -1, Values = values[..table.Numbers] };
        uint number = last + 1;
        if (type is MessageType.Update or MessageType.TimedUpdate && !TryTakeWord(ref body, out number))
            return false;
        last = update.Number = number;
        if (type is MessageType.TimedUpdate or MessageType.IncrementalTimedUpdate)
        {
            if (!TryTakeWord(ref body, out uint expire))
                return false;
            update.ExpireMs = (int)Math.Min(expire, int.MaxValue);
        }
        if (!FindKey(body, table, out int at, out int length))
            return false;
        update.Key = body.Slice(at, length);
        return TakeValues(body[(at + length)..], table, words, update.Values, out update.ServerKey);
    }

    private static bool TryTakeWord(ref ReadOnlySpan<byte> body, out uint value)
    {
        if (!BinaryPrimitives.TryReadUInt32BigEndian(body, out value))
            return false;
        body = body[WordBytes..];
        return true;
    }

    private static bool FindKey(ReadOnlySpan<byte> body, TableDefinition table, out int at, out int length)
    {
        at = 0;
        length = table.KeyType == KeyTypes.Integer ? WordBytes : table.KeyLength;
        if (table.KeyType == KeyTypes.Text)
        {
            at = EncodedInteger.Read(body, out ulong text);
            if (at <= 0 || text >= (ulong)table.KeyLength)
                return false;
            length = (int)text;
        }
        return length <= body.Length - at;
    }

    private static bool TakeValues(
        ReadOnlySpan<byte> body,
        TableDefinition table,
        ReceivedWords words,
        Span<ulong> values,
        out string? serverKey
    )
    {
        serverKey = null;
        foreach (DataField field in table.Fields)
        {
            if (field.Shape == DataShape.Word)
            {
                if (!TakeServerKey(ref body, words, out serverKey))
                    return false;
                continue;
            }
            for (int i = 0; i < field.Numbers; i++)
                if (!EncodedInteger.TryTake(ref body, out values[field.At + i]))
                    return false;
        }
        return true;
    }

    /// <summary>A length, the word's number, and the word itself where the number has a new meaning; the length 0 for no word.</summary>
    private static bool TakeServerKey(ref ReadOnlySpan<byte> body, ReceivedWords words, out string? word)
    {
        word = null;
        if (!EncodedInteger.TryTake(ref body, out ulong length) || length > (ulong)body.Length)
            return false;
        ReadOnlySpan<byte> part = body[..(int)length];
        body = body[(int)length..];
        if (part.IsEmpty)
            return true;
        if (!EncodedInteger.TryTake(ref part, out ulong number) || !ReceivedWords.IsNumber(number))
            return false;
        if (!part.IsEmpty)
        {
            if (!EncodedInteger.TryTake(ref part, out ulong characters) || characters > (ulong)part.Length)
                return false;
            words.Keep(number, Encoding.UTF8.GetString(part[..(int)characters]));
        }
        word = words[number];
        return true;
    }

    /// <summary>
    /// Writes the whole message, with the number where it does not follow the one before. The bytes written, 0 when there is no room.
    /// </summary>
    /// <param name="to">Where to.</param>
    /// <param name="table">As it was told to the other side.</param>
    /// <param name="follows">The number is the next after the one that was sent last.</param>
    /// <param name="words">Numbers for words.</param>
    public readonly int WriteMessage(Span<byte> to, TableDefinition table, bool follows, SentWords words)
    {
        int most = MaxBody(table);
        if (to.Length < PeerMessage.MaxPrefix + most)
            return 0;
        // the body first, behind room for a prefix: its length comes in front of it
        Span<byte> body = to[PeerMessage.MaxPrefix..];
        int at = 0;
        if (!follows)
            at += WriteWord(body, Number);
        if (ExpireMs >= 0)
            at += WriteWord(body[at..], (uint)ExpireMs);
        if (table.KeyType == KeyTypes.Text)
            at += EncodedInteger.Write(body[at..], (ulong)Key.Length);
        Key.CopyTo(body[at..]);
        at += Key.Length;
        foreach (DataField field in table.Fields)
            if (field.Shape == DataShape.Word)
                at += WriteServerKey(body[at..], words);
            else
                for (int i = 0; i < field.Numbers; i++)
                    at += EncodedInteger.Write(body[at..], Values[field.At + i]);
        byte type =
            ExpireMs >= 0
                ? follows
                    ? MessageType.IncrementalTimedUpdate
                    : MessageType.TimedUpdate
                : follows
                    ? MessageType.IncrementalUpdate
                    : MessageType.Update;
        return PeerMessage.Write(to, type, body[..at]);
    }

    /// <summary>Bytes that a body has at most.</summary>
    private readonly int MaxBody(TableDefinition table) =>
        2 * WordBytes
        + EncodedInteger.MaxLength
        + Key.Length
        + (table.Numbers + 3) * EncodedInteger.MaxLength
        + (ServerKey is null ? 0 : Encoding.UTF8.GetMaxByteCount(ServerKey.Length));

    private static int WriteWord(Span<byte> to, uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(to, value);
        return WordBytes;
    }

    private readonly int WriteServerKey(Span<byte> to, SentWords words)
    {
        if (ServerKey is null)
            return EncodedInteger.Write(to, 0);
        int number = words.NumberOf(ServerKey, out bool isNew);
        // 1 to 128: one byte, as the length of all is written in front
        if (!isNew)
        {
            to[0] = 1;
            to[1] = (byte)number;
            return 2;
        }
        int characters = Encoding.UTF8.GetByteCount(ServerKey);
        Span<byte> head = stackalloc byte[1 + EncodedInteger.MaxLength];
        head[0] = (byte)number;
        int headLength = 1 + EncodedInteger.Write(head[1..], (ulong)characters);
        int at = EncodedInteger.Write(to, (ulong)(headLength + characters));
        head[..headLength].CopyTo(to[at..]);
        at += headLength;
        return at + Encoding.UTF8.GetBytes(ServerKey, to[at..]);
    }
}
