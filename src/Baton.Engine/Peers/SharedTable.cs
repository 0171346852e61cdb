// How far one peer and this process have told each other of one table.
using System;
using Baton.Engine.Peers.Wire;
using Baton.Engine.StickTables;

namespace Baton.Engine.Peers;

/// <summary>OWNER: the section's worker.</summary>
internal sealed class SharedTable(TableForm form) : IDisposable
{
    public TableForm Form => form;
    public StickTableState Table => form.Table;

    /// <summary>What the other side has said of its own; null as long as it has not in this session.</summary>
    public TableDefinition? Theirs { get; set; }

    /// <summary>The bytes of that, so that it need not be read again each time it is told.</summary>
    public byte[] TheirBytes { get; set; } = [];

    /// <summary>The number of the last change that came, and whether it has been acknowledged.</summary>
    public uint Heard;
    public bool OwesAcknowledgement { get; set; }

    /// <summary>How much of each of their fields is stored here.</summary>
    public int[] Counts { get; set; } = [];

    /// <summary>Room for the numbers of an entry that comes.</summary>
    public ulong[] TheirValues { get; set; } = [];

    /// <summary>Numbers of changes: of the last that the other side has acknowledged, and of the last that was sent.</summary>
    public long Acknowledged { get; set; }
    public long Pushed { get; set; }

    /// <summary>Also what came from elsewhere is told, until there is nothing left: the process before could not.</summary>
    public bool PushesAll { get; set; }

    /// <summary>The last number that went out in this session; 0 before the first.</summary>
    public long LastNumber { get; set; }

    /// <summary>Its definition has been told in this session.</summary>
    public bool IsTold { get; set; }

    /// <summary>Through what has changed, and, while everything is taught, through everything.</summary>
    public StickWalk? Walk { get; private set; }
    public bool IsTeaching { get; private set; }

    /// <summary>What there was when everything began to be told.</summary>
    public long TeachUntil { get; private set; }

    /// <summary>The entry that the walk has come to, and whether it is still to be written.</summary>
    public StickEntryCopy Entry { get; } = new(form.Table);
    public bool HasEntry { get; set; }
    public StickEntryCopy Learned { get; } = new(form.Table);
    public ulong[] Values { get; } = new ulong[form.Definition.Numbers];

    /// <summary>What is there of the process before has been told from there, but for what it has named (<see cref="PushesAll"/>, and what
    /// was changed here since).</summary>
    public void NoteAdopted()
    {
        if (!PushesAll && Acknowledged < Table.AdoptedChange)
            Acknowledged = Pushed = Table.AdoptedChange;
    }

    /// <summary>Begins to tell what has changed since the other side heard last.</summary>
    public void BeginPush(long since)
    {
        EndWalk();
        Pushed = since;
        Walk = Table.Walk(since);
    }

    /// <summary>Begins to tell all there is.</summary>
    public void BeginTeaching()
    {
        EndWalk();
        TeachUntil = Table.LastChange;
        IsTeaching = true;
        Walk = Table.Walk(0);
    }

    /// <summary>All there was has been told; from here on what changes.</summary>
    public void EndTeaching() => IsTeaching = false;

    private void EndWalk()
    {
        Walk?.Dispose();
        Walk = null;
        HasEntry = IsTeaching = false;
    }

    /// <summary>The session is over.</summary>
    public void EndSession()
    {
        EndWalk();
        Theirs = null;
        TheirBytes = [];
        IsTold = OwesAcknowledgement = false;
        LastNumber = 0;
        Pushed = Acknowledged;
    }

    public void Dispose() => EndWalk();
}
