// What is said to a peer in a session: answers, acknowledgements, all there is when it asks for that, and what changes.
using System;
using System.Buffers.Binary;
using Baton.Engine.Peers.Wire;
using Baton.Engine.StickTables;

namespace Baton.Engine.Peers;

/// <summary>OWNER: the section's worker.</summary>
internal sealed class PeerTeller(PeerState peer)
{
    private const int MaxControls = 16;
    private readonly byte[] _controls = new byte[2 * MaxControls];
    private int _controlLength;

    /// <summary>The table that is taught; -1 while nothing is.</summary>
    private int _teaching = -1;

    /// <summary>The table that the other side takes the next entries for; null before the first.</summary>
    private SharedTable? _current;

    /// <summary>Where the round through the tables goes on.</summary>
    private int _next;

    /// <summary>Numbers of the words that were sent.</summary>
    public SentWords Words { get; } = new();

    /// <summary>All there is is being told.</summary>
    public bool IsTeaching => _teaching >= 0;

    /// <summary>The end of it has been said and not been confirmed yet.</summary>
    public bool AwaitsConfirmation { get; set; }

    /// <summary>The table that was told last, for "show peers".</summary>
    public SharedTable? Current => _current;

    /// <summary>A session begins.</summary>
    public void Begin()
    {
        _controlLength = 0;
        _teaching = -1;
        _current = null;
        AwaitsConfirmation = false;
        Words.Clear();
    }

    /// <summary>A message of two bytes goes out next. More than fit are never due: none but heartbeats repeat.</summary>
    public void Say(MessageClass kind, byte type)
    {
        if (_controlLength + 2 > _controls.Length)
            return;
        _controls[_controlLength++] = (byte)kind;
        _controls[_controlLength++] = type;
    }

    /// <summary>All there is, from the beginning.</summary>
    public void Teach() => _teaching = 0;

    /// <summary>Writes what is due, as much as there is room for; 0 when nothing is.</summary>
    public int Fill(Span<byte> to)
    {
        int at = Math.Min(_controlLength, to.Length);
        _controls.AsSpan(0, at).CopyTo(to);
        _controls.AsSpan(at, _controlLength - at).CopyTo(_controls);
        _controlLength -= at;
        at += Acknowledge(to[at..]);
        bool isFull = false;
        HasMore = false;
        while (_teaching >= 0 && !isFull)
            at += TeachNext(to[at..], out isFull);
        for (int i = 0; i < peer.Tables.Length && !isFull && _teaching < 0; i++)
        {
            SharedTable table = peer.Tables[(_next + i) % peer.Tables.Length];
            at += Push(table, to[at..], out isFull);
            if (isFull)
                _next = (_next + i) % peer.Tables.Length;
        }
        return at;
    }

    private int Acknowledge(Span<byte> to)
    {
        int at = 0;
        Span<byte> body = stackalloc byte[EncodedInteger.MaxLength + sizeof(uint)];
        foreach (SharedTable table in peer.Tables)
        {
            if (!table.OwesAcknowledgement || table.Theirs is null)
                continue;
            int length = EncodedInteger.Write(body, table.Theirs.Id);
            BinaryPrimitives.WriteUInt32BigEndian(body[length..], table.Heard);
            int written = PeerMessage.Write(to[at..], MessageType.Acknowledgement, body[..(length + sizeof(uint))]);
            if (written == 0)
                break;
            at += written;
            table.OwesAcknowledgement = false;
        }
        return at;
    }

    /// <summary>Goes on teaching the table that is at it, or ends.</summary>
    private int TeachNext(Span<byte> to, out bool isFull)
    {
        isFull = false;
        if (_teaching == peer.Tables.Length)
        {
            isFull = to.Length < 2;
            if (isFull)
                return 0;
            _teaching = -1;
            AwaitsConfirmation = true;
            to[0] = (byte)MessageClass.Control;
            to[1] = peer.Section.Resync.IsDone ? MessageType.ResyncFinished : MessageType.ResyncPartial;
            return 2;
        }
        SharedTable table = peer.Tables[_teaching];
        if (!table.IsTeaching)
            table.BeginTeaching();
        // COMPAT: a table is told of also when there is nothing in it
        int at = Define(table, to, out isFull);
        if (isFull)
            return 0;
        bool hasMore = true;
        while (hasMore && !isFull)
        {
            hasMore = Take(table) && table.Entry.Change <= table.TeachUntil;
            if (hasMore && !peer.Hears(table, table.Entry.Key))
                table.HasEntry = false;
            else if (hasMore)
                at += Write(table, to[at..], isTaught: true, out isFull);
        }
        if (!hasMore)
        {
            table.EndTeaching();
            _teaching++;
        }
        return at;
    }

    /// <summary>Entries that are passed over in one go, because a peer told of them: there may be a million.</summary>
    private const int MostPassed = 1024;

    /// <summary>There may be more to say, though nothing was written.</summary>
    public bool HasMore { get; private set; }

    /// <summary>The entry that is next, when there is one.</summary>
    private bool Take(SharedTable table)
    {
        if (!table.HasEntry)
            table.HasEntry = table.Walk!.Next(table.Entry, peer.Section.Worker.NowMs);
        return table.HasEntry;
    }

    /// <summary>What has changed here, and was not learned from a peer.</summary>
    private int Push(SharedTable table, Span<byte> to, out bool isFull)
    {
        isFull = false;
        int at = 0,
            passed = 0;
        while (!isFull)
        {
            if (!Take(table))
            {
                if ((HasMore |= table.Walk!.IsSeeking))
                    return at;
                table.PushesAll = false;
                if (!table.Walk!.Arm())
                    return at;
                continue;
            }
            if (table.Entry.IsLearned && !table.PushesAll || !peer.Hears(table, table.Entry.Key))
            {
                table.HasEntry = false;
                if (++passed < MostPassed)
                    continue;
                HasMore = true;
                return at;
            }
            if (_current != table)
                at += Define(table, to[at..], out isFull);
            if (!isFull)
                at += Write(table, to[at..], isTaught: false, out isFull);
        }
        return at;
    }

    /// <summary>Says of which table the next entries are.</summary>
    private int Define(SharedTable table, Span<byte> to, out bool isFull)
    {
        isFull = false;
        if (_current == table)
            return 0;
        const int most = 4096;
        Span<byte> body = stackalloc byte[most];
        int written = PeerMessage.Write(to, MessageType.Definition, body[..table.Form.Definition.Write(body)]);
        isFull = written == 0;
        if (!isFull)
        {
            _current = table;
            table.IsTold = true;
        }
        return written;
    }

    private int Write(SharedTable table, Span<byte> to, bool isTaught, out bool isFull)
    {
        Span<byte> number = stackalloc byte[sizeof(uint)];
        StickEntryCopy entry = table.Entry;
        EntryUpdate update = table.Form.ToWire(entry, table.Values, number, peer.Section.Worker.NowMs);
        // who is taught is told how long each has to live; what has just changed lives its whole life
        if (isTaught && entry.ExpiresInMs >= 0)
            update.ExpireMs = (int)Math.Min(entry.ExpiresInMs, int.MaxValue);
        bool follows = table.LastNumber != 0 && entry.Change == table.LastNumber + 1;
        int written = update.WriteMessage(to, table.Form.Definition, follows, Words);
        isFull = written == 0;
        if (isFull)
            return 0;
        table.HasEntry = false;
        table.LastNumber = table.Pushed = entry.Change;
        return written;
    }
}
