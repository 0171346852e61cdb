// A table that goes on in another process with its memory: here two tables of one process, each with its own mapping of the pages.
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using Baton.Configuration.Model;
using Baton.Core.Frames;
using Baton.Engine.StickTables;
using Baton.Interop.Linux;
using CsCheck;
using Xunit;

namespace Baton.UnitTests.Engine.StickTables;

public sealed class StickTableImageTests : IDisposable
{
    private const int Size = 40_000;
    private readonly List<StickTableState> _tables = [];

    private StickTableState Table(int size = Size, string? peers = null, int expireMs = 0)
    {
        var config = new StickTableConfig
        {
            Name = "t",
            Position = default,
            Type = StickKeyType.Integer,
            KeyLength = 4,
            Size = size,
            ExpireMs = expireMs,
            Peers = peers,
        };
        config.Store(new StickDataConfig(StickDataType.Gpc0));
        config.Store(new StickDataConfig(StickDataType.ConnCur));
        config.Store(new StickDataConfig(StickDataType.ServerKey));
        var table = new StickTableState(config);
        _tables.Add(table);
        return table;
    }

    public void Dispose() => _tables.ForEach(static t => t.Dispose());

    private static byte[] Key(int n)
    {
        byte[] key = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(key, n);
        return key;
    }

    private static void Set(StickTableState table, int key, long value, long now = 1)
    {
        StickEntry entry = table.FindOrAdd(Key(key), now);
        Assert.True(entry.IsSet);
        Assert.True(table.TrySet(entry, StickDataType.Gpc0, 0, value, now, out _));
        table.Release(entry);
    }

    private static long? Get(StickTableState table, int key, StickDataType type = StickDataType.Gpc0)
    {
        Assert.True(table.TryRead(Key(key), type, 0, 1, out bool found, out long value));
        return found ? value : null;
    }

    private static int Duplicate(int fd) => Files.fcntl(fd, Files.F_DUPFD_CLOEXEC, 0);

    /// <summary>Gives a table to another one; what tells the first that the second is gone.</summary>
    private static int Give(StickTableState from, StickTableState to)
    {
        var image = new FrameWriter();
        int[] descriptors = [-1, -1];
        Assert.True(StickTableImage.TryWrite(from, image, descriptors));
        int pages = Duplicate(descriptors[0]),
            partner = descriptors[1];
        Assert.True(StickTableImage.Read(to, image.Written, pages, partner));
        return partner;
    }

    private static void RejoinAll(StickTableState table)
    {
        Assert.True(table.RejoinSome());
        while (table.RejoinSome()) { }
        Assert.False(table.RejoinSome());
    }

    [Fact]
    public void The_next_process_has_everything_and_neither_sees_what_the_other_does_then()
    {
        StickTableState before = Table(),
            after = Table();
        for (int i = 0; i < 20_000; i++)
            Set(before, i, i);
        StickEntry named = before.FindOrAdd(Key(7), 1);
        before.TrySet(named, StickDataType.ServerKey, 0, before.Texts.NumberOf("one"), 1, out _);
        before.TryAdd(named, StickDataType.ConnCur, StickDataType.ConnCur, 0, 2, 1, out _);
        Give(before, after);
        Assert.Equal(20_000, after.Used);
        Assert.Equal(before.Bytes, after.Bytes);
        for (int i = 0; i < 20_000; i++)
        {
            Assert.Equal(i, Get(after, i));
            Set(i % 2 == 0 ? before : after, i, -1);
            Set(i % 2 == 0 ? before : after, 20_000 + i, 1);
        }
        for (int i = 0; i < 20_000; i++)
        {
            Assert.Equal((i, uint.MaxValue), i % 2 == 0 ? (Get(after, i), Get(before, i)) : (Get(before, i), Get(after, i)));
            Assert.Equal(
                (null, 1L),
                i % 2 == 0 ? (Get(after, 20_000 + i), Get(before, 20_000 + i)) : (Get(before, 20_000 + i), Get(after, 20_000 + i))
            );
        }
        Assert.Equal("one", after.Texts.Of((uint)Get(after, 7, StickDataType.ServerKey)!.Value));
        // what is open there is known, and nobody holds it here
        Assert.Equal(2, Get(after, 7, StickDataType.ConnCur));
        Assert.Equal(2, Assert.Single(after.Elsewhere!.TakeAll()).Connections);
        Assert.Equal(1, before.HoldersOf(named));
        before.Release(named);
        Assert.True(after.Remove(Key(7)));
    }

    [Fact]
    public void What_changes_behind_it_is_told_as_what_was_added()
    {
        StickTableState before = Table(),
            after = Table();
        for (int i = 0; i < 100; i++)
            Set(before, i, 10);
        var told = new StickTableTelling(before);
        Give(before, after);
        told.Begin();
        foreach (int key in (int[])[3, 3, 1000])
        {
            StickEntry entry = before.FindOrAdd(Key(key), 1);
            before.TryAdd(entry, StickDataType.Gpc0, StickDataType.Gpc0, 0, 5, 1, out _);
            before.Release(entry);
        }
        Set(after, 3, 100);
        var w = new FrameWriter();
        Assert.True(told.WriteNext(w, 1 << 20, 1));
        var r = new FrameReader(w.Written);
        new StickTableHearing(after, [.. before.Config.Data]).Read(ref r, 1);
        Assert.Equal((110L, 5L, 10L, 101), (Get(after, 3), Get(after, 1000), Get(after, 4), after.Used));
        told.End();
    }

    /// <summary>Whichever process is left has all of the memory, with what it wrote itself, and can give it on.</summary>
    [Theory, InlineData(true), InlineData(false)]
    public void Who_is_left_goes_on(bool isFirst)
    {
        StickTableState first = Table(),
            second = Table();
        for (int i = 0; i < 5000; i++)
            Set(first, i, i);
        Give(first, second);
        StickTableState left = isFirst ? first : second,
            gone = isFirst ? second : first;
        for (int i = 0; i < 5000; i += 3)
            Set(gone, i, 77);
        for (int i = 0; i < 6000; i += 7)
            Set(left, i, i + 1);
        // there is nothing to give as long as both are there
        var image = new FrameWriter();
        Assert.False(StickTableImage.TryWrite(left, image, new int[2]));
        Assert.Equal(0, image.Length);
        gone.Dispose();
        _tables.Remove(gone);
        RejoinAll(left);
        StickTableState third = Table();
        Give(left, third);
        for (int i = 0; i < 5000; i++)
            Assert.Equal(i % 7 == 0 ? i + 1 : i, Get(third, i));
    }

    [Fact]
    public void Peers_are_told_of_what_changes_behind_it()
    {
        StickTableState before = Table(peers: "p"),
            after = Table(peers: "p");
        for (int i = 0; i < 3000; i++)
            Set(before, i, i);
        Give(before, after);
        Assert.Equal(3000, after.AdoptedChange);
        Set(after, 5, 1);
        Set(after, 9000, 1);
        using StickWalk walk = after.Walk(after.AdoptedChange);
        var copy = new StickEntryCopy(after);
        var told = new List<uint>();
        while (walk.Next(copy, 1) || walk.IsSeeking)
            if (!walk.IsSeeking)
                told.Add(copy.KeyNumber);
        Assert.Equal([5u, 9000u], told);
        using StickWalk all = after.Walk(0);
        int count = 0;
        while (all.Next(copy, 1))
            count++;
        Assert.Equal(3001, count);
    }

    /// <summary>Processes of a machine share a clock: an entry ends when it would have ended there.</summary>
    [Fact]
    public void Expiry_goes_on()
    {
        StickTableState before = Table(expireMs: 1000),
            after = Table(expireMs: 1000);
        Set(before, 1, 1, 100);
        Set(before, 2, 1, 600);
        Give(before, after);
        bool IsThere(int key, long now)
        {
            after.TryRead(Key(key), StickDataType.Gpc0, 0, now, out bool found, out _);
            return found;
        }
        Assert.True(IsThere(1, 1099));
        Assert.False(IsThere(1, 1100));
        Assert.True(IsThere(2, 1599));
        after.Sweep(1200);
        Assert.Equal(1, after.Used);
        after.Sweep(1700);
        Assert.Equal((0, 2), (after.Used, before.Used));
    }

    [Fact]
    public void Another_form_is_not_taken()
    {
        StickTableState before = Table();
        Set(before, 1, 1);
        Assert.Null(StickTableImage.FormOf(Table(size: 100)));
        Assert.NotEqual(StickTableImage.FormOf(before), StickTableImage.FormOf(Table(size: Size + 1)));
        Assert.NotEqual(StickTableImage.FormOf(before), StickTableImage.FormOf(Table(peers: "p")));
        Assert.Equal(StickTableImage.FormOf(before), StickTableImage.FormOf(Table(expireMs: 1000)));
        StickTableState other = Table(size: Size + 1);
        var image = new FrameWriter();
        int[] descriptors = [-1, -1];
        Assert.True(StickTableImage.TryWrite(before, image, descriptors));
        Assert.False(StickTableImage.Read(other, image.Written, descriptors[0], descriptors[1]));
        Set(other, 2, 2);
        Assert.Equal(2, Get(other, 2));
        Files.close(descriptors[1]);
        RejoinAll(before);
        Assert.Equal(1, Get(before, 1));
    }

    /// <summary>An image that was torn or bent is refused, or is one; nothing crashes.</summary>
    [Fact]
    public void Bent_images_are_refused()
    {
        StickTableState before = Table(size: 9000);
        for (int i = 0; i < 300; i++)
            Set(before, i, i);
        var image = new FrameWriter();
        int[] descriptors = [-1, -1];
        Assert.True(StickTableImage.TryWrite(before, image, descriptors));
        byte[] whole = image.Written.ToArray();
        Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Byte, Gen.Bool)
            .Sample(
                (at, value, cuts) =>
                {
                    using StickTableState after = new(before.Config);
                    byte[] bent = cuts ? whole[..at] : [.. whole];
                    if (!cuts)
                        bent[at] = value;
                    int pages = Duplicate(descriptors[0]),
                        partner = Duplicate(descriptors[1]);
                    if (StickTableImage.Read(after, bent, pages, partner))
                        return;
                    Files.close(pages);
                    Files.close(partner);
                    Assert.Equal(0, after.Used);
                },
                iter: 300,
                threads: 1
            );
        Files.close(descriptors[1]);
    }
}
