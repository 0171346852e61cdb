// A large table goes to the next process as it lies in memory: the descriptor of its pages, and where things are in them. Nothing is
// copied, on either side; what changes afterwards is told as differences, as ever (StickJournal).
// SAFETY: shards are looked at inside their gates; a table that takes an image over is not used by anybody yet.
using System;
using System.Globalization;
using System.Text;
using Baton.Configuration.Model;
using Baton.Core.Frames;
using Baton.Interop.Linux;

namespace Baton.Engine.StickTables;

/// <summary>OWNER: the conversation's thread.</summary>
public static unsafe class StickTableImage
{
    private const int Version = 1;

    /// <summary>What two processes have to agree on for one to use the memory of the other; null for a table that has none.</summary>
    public static string? FormOf(StickTableState table)
    {
        if (table.Region is not { } region)
            return null;
        StickTableConfig c = table.Config;
        var form = new StringBuilder();
        form.Append(
            CultureInfo.InvariantCulture,
            $"{Version} {c.Type} {c.KeyLength} {c.Size} {c.BytesRateFactor} {table.Layout.Size} {table.Layout.HasChanges}"
        );
        form.Append(CultureInfo.InvariantCulture, $" {region.Areas} {region.AreaBytes} {BitConverter.IsLittleEndian}");
        foreach (StickDataConfig data in c.Data)
            form.Append(CultureInfo.InvariantCulture, $" {data.Type}({data.Count},{data.PeriodMs})");
        return form.ToString();
    }

    /// <summary>
    /// Writes a table down for a process that has one of the same form, and keeps what it is then apart from what becomes of it here. False
    /// when it cannot be given just now: the pages are those of an older process too.
    /// </summary>
    /// <param name="table">Which.</param>
    /// <param name="w">Name, and what <see cref="Read"/> reads.</param>
    /// <param name="descriptors">The pages, and what ends with this process; for the frame, the second to be closed behind it.</param>
    public static bool TryWrite(StickTableState table, FrameWriter w, Span<int> descriptors)
    {
        if (table.Region is not { } region)
            return false;
        while (table.RejoinSome()) { }
        int start = w.Length;
        if (!region.IsAlone || !SocketNames.Pair(out int mine, out int theirs))
            return false;
        region.BeginSharing(mine);
        (descriptors[0], descriptors[1]) = (region.Descriptor, theirs);
        w.Text(table.Config.Name);
        w.Text(FormOf(table)!);
        w.Int64(table.Seed);
        int change = w.Length;
        w.Int64(0);
        bool isLeft = true;
        for (int i = 0; i < table.Shards.Length && isLeft; i++)
        {
            StickShard shard = table.Shards[i];
            using (shard.Gate.Enter())
            {
                shard.Journal = new StickJournal(table.Layout) { Told = uint.MaxValue };
                shard.WriteImage(w, region.Area(i), region.UsedOf(i));
                isLeft = region.Leave(i);
            }
        }
        // what is said of an entry there has a smaller number than what will be said
        w.PatchInt32(change, (int)table.LastChange);
        w.PatchInt32(change + sizeof(int), (int)(table.LastChange >> 32));
        int texts = table.Texts.Count;
        w.Int32(texts);
        for (uint i = 1; i <= texts; i++)
            w.Text(table.Texts.Of(i));
        if (isLeft)
            return true;
        // told entry by entry, as from a small table
        foreach (StickShard shard in table.Shards)
            using (shard.Gate.Enter())
                shard.Journal = null;
        Files.close(theirs);
        w.Truncate(start);
        return false;
    }

    /// <summary>The name of the table in what comes.</summary>
    public static string NameIn(ReadOnlySpan<byte> image)
    {
        var r = new FrameReader(image);
        return r.Text();
    }

    /// <summary>Takes it over, with the descriptors. False when it is none of this table's: then the descriptors are the caller's, and the
    /// table is as it was.</summary>
    public static bool Read(StickTableState table, ReadOnlySpan<byte> image, int pages, int partner)
    {
        var r = new FrameReader(image);
        r.Text();
        if (table.Region is not { } own || table.Used > 0 || r.Text() != FormOf(table))
            return false;
        long seed = r.Int64(),
            change = r.Int64();
        if (StickRegion.Adopt(pages, partner, own.Areas, own.AreaBytes) is not { } region)
            return false;
        bool isRight = table.TryAdopt(region, seed, change, ref r);
        if (!isRight)
            region.Unmap();
        return isRight;
    }
}
