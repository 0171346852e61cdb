// How far the peers of a section have heard of a table, for the next process: what it has to tell still.
using System;
using System.Collections.Generic;
using Baton.Core.Frames;
using Baton.Engine.StickTables;

namespace Baton.Engine.Peers;

internal static class PeersProgress
{
    /// <summary>Changes that may be named one by one; a peer that has more to hear is told all.</summary>
    private const int MostKeys = 4096;

    /// <summary>On the conversation's thread. What is told from now on the next process tells as well: that harms nobody.</summary>
    public static void Write(PeersState section, int index, FrameWriter w)
    {
        StickTableState table = section.Forms[index].Table;
        long last = table.LastChange,
            heard = last;
        w.Text(table.Config.Name);
        w.Flag(section.Resync.IsDone);
        w.Int32(table.Used);
        List<string> behind = [];
        foreach (PeerState peer in section.Peers)
        {
            long acknowledged = peer.Tables[index].Acknowledged;
            if (peer.Config.IsLocal)
                continue;
            if (peer.Tables[index].PushesAll || last - acknowledged > MostKeys)
                behind.Add(peer.Config.Name);
            else
                heard = Math.Min(heard, acknowledged);
        }
        w.UInt16(behind.Count);
        behind.ForEach(w.Text);
        using StickWalk? walk = heard < last ? table.Walk(heard) : null;
        var entry = new StickEntryCopy(table);
        bool hasMore = walk is not null;
        while (hasMore)
            if (walk!.Next(entry, section.Worker.NowMs))
            {
                hasMore = entry.Change <= last;
                if (hasMore && !entry.IsLearned)
                    w.Blob(entry.Key);
            }
            else
                hasMore = walk.IsSeeking;
    }

    /// <summary>In the worker's thread, or before it runs.</summary>
    public static void Read(PeersState section, ref FrameReader r)
    {
        string name = r.Text();
        bool isDone = r.Flag();
        int used = r.Int32(),
            count = r.UInt16(),
            index = Array.FindIndex(section.Forms, f => f.Table.Config.Name == name);
        if (r.IsShort || index < 0)
            return;
        StickTableState table = section.Forms[index].Table;
        // what did not come along, because the table is another one here, is asked for
        section.NoteKnown(index, isDone && (used == 0 || table.Used > 0));
        for (; count > 0 && !r.IsShort; count--)
            if (section.Find(r.Text()) is { } peer)
                peer.Tables[index].PushesAll = true;
        while (!r.AtEnd && !r.IsShort)
        {
            ReadOnlySpan<byte> key = r.Blob();
            if (key.Length > table.Config.KeyLength)
                return;
            // changed here, and so told
            StickEntry held = table.Find(key, section.Worker.NowMs);
            if (!held.IsSet)
                continue;
            table.Touch(held, section.Worker.NowMs);
            table.Release(held);
        }
    }
}
