// What a peer sends after its hello: any messages, torn anywhere. What is read says the same when it is written and read again, and no
// message is whole before its last byte.
using System;
using System.Collections.Generic;
using Baton.Engine.Peers.Wire;

namespace Baton.Fuzz;

internal static class PeersTarget
{
    private const int MaxBody = 16384;

    public static void Run(byte[] bytes)
    {
        Hello(bytes);
        var tables = new Dictionary<uint, TableDefinition>();
        var words = new ReceivedWords();
        TableDefinition? table = null;
        uint last = 0;
        for (ReadOnlySpan<byte> rest = bytes; ; )
        {
            MessageStatus status = PeerMessage.Take(rest, MaxBody, out PeerMessage message, out int length);
            if (status != MessageStatus.Whole)
                return;
            for (int torn = 0; torn < length; torn += 1 + torn / 8)
                if (PeerMessage.Take(rest[..torn], MaxBody, out _, out _) != MessageStatus.Incomplete)
                    throw new FuzzFailure($"a message of {length} bytes is whole after {torn}");
            rest = rest[length..];
            if (message.Class != MessageClass.Table)
                continue;
            if (message.Type == MessageType.Definition && TableDefinition.Read(message.Body) is { } read)
            {
                Same(read);
                tables[read.Id] = table = read;
            }
            else if (message.Type == MessageType.Switch && EncodedInteger.Read(message.Body, out ulong id) > 0)
                table = tables.GetValueOrDefault((uint)id);
            else if (table is not null && EntryUpdate.IsUpdate(message.Type))
                Entry(message, table, ref last, words);
        }
    }

    private static void Hello(byte[] bytes)
    {
        int result = PeerHello.Read(bytes, out PeerHello hello, out int length);
        if (result != 0)
            return;
        for (int i = 0; i < length; i++)
            if (PeerHello.Read(bytes.AsSpan(0, i), out _, out _) != -1)
                throw new FuzzFailure($"a hello of {length} bytes is judged after {i}");
        if (hello.To is null || hello.From is null)
            throw new FuzzFailure("a hello without names");
    }

    private static void Same(TableDefinition table)
    {
        byte[] to = new byte[65536];
        int length = table.Write(to);
        if (length == 0 || TableDefinition.Read(to.AsSpan(0, length)) is not { } again)
            throw new FuzzFailure("a definition cannot be written or read again");
        if (again.Bits != table.Bits || again.Numbers != table.Numbers || again.KeyLength != table.KeyLength || again.Name != table.Name)
            throw new FuzzFailure("a definition reads otherwise when written again");
    }

    private static void Entry(in PeerMessage message, TableDefinition table, ref uint last, ReceivedWords words)
    {
        ulong[] values = new ulong[table.Numbers];
        if (!EntryUpdate.TryRead(message.Type, message.Body, table, ref last, words, values, out EntryUpdate update))
            return;
        byte[] to = new byte[2 * MaxBody + 65536];
        uint before = update.Number - 1;
        int length = update.WriteMessage(to, table, follows: false, new SentWords());
        if (
            length == 0
            || PeerMessage.Take(to.AsSpan(0, length), to.Length, out PeerMessage written, out int whole) != MessageStatus.Whole
            || whole != length
        )
            throw new FuzzFailure("an entry cannot be written");
        ulong[] again = new ulong[table.Numbers];
        if (
            !EntryUpdate.TryRead(written.Type, written.Body, table, ref before, new ReceivedWords(), again, out EntryUpdate copy)
            || copy.Number != update.Number
            || copy.ExpireMs != update.ExpireMs
            || copy.ServerKey != update.ServerKey
            || !copy.Key.SequenceEqual(update.Key)
            || !again.AsSpan().SequenceEqual(values)
        )
            throw new FuzzFailure("an entry reads otherwise when written again");
    }
}
