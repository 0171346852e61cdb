// What a peer says in a session: which table it means, entries, how far it has heard, and what becomes of a resynchronisation.
using System;
using System.Buffers.Binary;
using Baton.Engine.Peers.Wire;

namespace Baton.Engine.Peers;

/// <summary>OWNER: the section's worker. What cannot be used is passed over; what is no message ends the session.</summary>
internal sealed class PeerHearer(PeerState peer)
{
    /// <summary>Whose entries come; null for a table that is not shared here, or has other keys.</summary>
    private SharedTable? _current;

    /// <summary>What its numbers for words mean.</summary>
    public ReceivedWords Words { get; } = new();

    /// <summary>The table that was named last, for "show peers".</summary>
    public SharedTable? Current => _current;

    /// <summary>A session begins.</summary>
    public void Begin()
    {
        _current = null;
        Words.Clear();
    }

    /// <summary>False when it is none that a peer may send.</summary>
    public bool Hear(in PeerMessage message)
    {
        switch (message.Class)
        {
            case MessageClass.Control:
                Control(message.Type);
                return true;
            case MessageClass.Table when message.Type == MessageType.Definition:
                return Define(message.Body);
            case MessageClass.Table when message.Type == MessageType.Switch:
                return Switch(message.Body);
            case MessageClass.Table when message.Type == MessageType.Acknowledgement:
                return Acknowledged(message.Body);
            case MessageClass.Table when EntryUpdate.IsUpdate(message.Type):
                return _current is null || Learn(_current, message);
            default:
                // COMPAT: what nobody knows is passed over
                return true;
        }
    }

    private void Control(byte type)
    {
        switch (type)
        {
            case MessageType.ResyncRequest:
                peer.Teller.Teach();
                break;
            case MessageType.ResyncFinished or MessageType.ResyncPartial:
                peer.Teller.Say(MessageClass.Control, MessageType.ResyncConfirmed);
                peer.Section.Resync.Taught(peer, isAll: type == MessageType.ResyncFinished);
                break;
            case MessageType.ResyncConfirmed:
                peer.Teller.AwaitsConfirmation = false;
                peer.Section.Confirmed(peer);
                break;
            case MessageType.Heartbeat:
                peer.Counters.HeardHeartbeats++;
                break;
        }
    }

    private bool Define(ReadOnlySpan<byte> body)
    {
        // it is told again and again: what is known need not be read
        foreach (SharedTable table in peer.Tables)
            if (table.Theirs is not null && body.SequenceEqual(table.TheirBytes))
            {
                _current = table;
                return true;
            }
        _current = null;
        if (TableDefinition.Read(body) is not { } definition)
            return false;
        SharedTable? found = Array.Find(peer.Tables, t => t.Form.Definition.Name == definition.Name);
        if (found is null || !found.Form.Fits(definition))
            return true;
        found.Theirs = definition;
        found.TheirBytes = body.ToArray();
        found.TheirValues = new ulong[definition.Numbers];
        found.Counts = found.Form.CountsOf(definition);
        _current = found;
        return true;
    }

    private bool Switch(ReadOnlySpan<byte> body)
    {
        if (EncodedInteger.Read(body, out ulong id) <= 0)
            return false;
        _current = null;
        foreach (SharedTable table in peer.Tables)
            if (table.Theirs?.Id == id)
                _current = table;
        return true;
    }

    /// <summary>How far it has heard of a table of ours, in the lower half of the number.</summary>
    private bool Acknowledged(ReadOnlySpan<byte> body)
    {
        if (!EncodedInteger.TryTake(ref body, out ulong id) || !BinaryPrimitives.TryReadUInt32BigEndian(body, out uint number))
            return false;
        if (id == 0 || id > (ulong)peer.Tables.Length)
            return true;
        SharedTable table = peer.Tables[(int)id - 1];
        long change = table.Pushed - (uint)((uint)table.Pushed - number);
        if (change > table.Acknowledged && change <= table.Pushed)
            table.Acknowledged = change;
        return true;
    }

    private bool Learn(SharedTable table, in PeerMessage message)
    {
        if (
            !EntryUpdate.TryRead(
                message.Type,
                message.Body,
                table.Theirs!,
                ref table.Heard,
                Words,
                table.TheirValues,
                out EntryUpdate update
            )
        )
            return false;
        long nowMs = peer.Section.Worker.NowMs;
        TableForm.FromWire(update, table.Theirs!, table.Counts, table.Learned, nowMs);
        table.Table.Learn(table.Learned, fromPeer: true, nowMs);
        table.Table.WriteTo?.Take(table.Learned, nowMs);
        table.OwesAcknowledgement = true;
        peer.Section.Resync.Progress(peer);
        return true;
    }
}
