// Stick tables as a data structure: keys, eviction, expiry, holders, walks in the order of changes.
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using Baton.Configuration.Model;
using Baton.Engine.StickTables;
using CsCheck;
using Xunit;

namespace Baton.UnitTests.Engine.StickTables;

public sealed class StickTableTests
{
    private static StickTableState Table(
        int size,
        int expireMs = 0,
        bool noPurge = false,
        string? peers = null,
        params StickDataConfig[] store
    )
    {
        var config = new StickTableConfig
        {
            Name = "t",
            Position = default,
            Type = StickKeyType.Integer,
            KeyLength = 4,
            Size = size,
            ExpireMs = expireMs,
            NoPurge = noPurge,
            Peers = peers,
        };
        foreach (StickDataConfig data in store)
            config.Store(data);
        return new StickTableState(config);
    }

    private static byte[] Key(int n)
    {
        byte[] key = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(key, n);
        return key;
    }

    private static readonly StickDataConfig Gpc0 = new(StickDataType.Gpc0);

    private static void Set(StickTableState table, int key, long value, long now)
    {
        StickEntry entry = table.FindOrAdd(Key(key), now);
        Assert.True(entry.IsSet);
        Assert.True(table.TrySet(entry, StickDataType.Gpc0, 0, value, now, out _));
        table.Release(entry);
    }

    private static long? Get(StickTableState table, int key, long now)
    {
        Assert.True(table.TryRead(Key(key), StickDataType.Gpc0, 0, now, out bool found, out long value));
        return found ? value : null;
    }

    private static List<int> Keys(StickTableState table, long now)
    {
        var keys = new List<int>();
        var copy = new StickEntryCopy(table);
        StickPlace place = default;
        while (table.Next(ref place, copy, now))
            keys.Add((int)copy.KeyNumber);
        return keys;
    }

    [Fact]
    public void The_oldest_goes_when_there_is_no_room()
    {
        using StickTableState table = Table(3, store: Gpc0);
        for (int i = 1; i <= 3; i++)
            Set(table, i, i, i);
        Set(table, 1, 10, 4);
        Set(table, 4, 4, 5);
        Assert.Equal((10L, null, 3L, 4L), (Get(table, 1, 5), Get(table, 2, 5), Get(table, 3, 5), Get(table, 4, 5)));
        Assert.Equal(3, table.Used);
    }

    [Fact]
    public void What_is_held_stays_and_nopurge_keeps_all()
    {
        using StickTableState table = Table(2, store: Gpc0);
        StickEntry first = table.FindOrAdd(Key(1), 1);
        Set(table, 2, 2, 2);
        Set(table, 3, 3, 3);
        Assert.Equal([1, 3], Keys(table, 3).Order());
        StickEntry third = table.FindOrAdd(Key(3), 4);
        Assert.False(table.FindOrAdd(Key(4), 5).IsSet);
        table.Release(third);
        table.Release(first);
        Assert.True(table.FindOrAdd(Key(4), 5).IsSet);

        using StickTableState kept = Table(2, noPurge: true, store: Gpc0);
        Set(kept, 1, 1, 1);
        Set(kept, 2, 2, 2);
        Assert.False(kept.FindOrAdd(Key(3), 3).IsSet);
        Assert.Equal(2, kept.Used);
    }

    [Fact]
    public void Entries_expire_when_nobody_touches_or_holds_them()
    {
        using StickTableState table = Table(100, expireMs: 1000, store: Gpc0);
        Set(table, 1, 1, 10_000);
        Set(table, 2, 2, 10_500);
        Set(table, 3, 3, 10_000);
        StickEntry held = table.Find(Key(3), 10_000);
        Assert.Equal((null, 2L), (Get(table, 1, 11_000), Get(table, 2, 11_000)));
        Assert.Equal(3L, Get(table, 3, 99_000));
        Assert.Equal(3, table.Used);
        table.Sweep(11_000);
        Assert.Equal(2, table.Used);
        table.Release(held);
        table.Sweep(11_600);
        Assert.Equal(0, table.Used);
    }

    [Fact]
    public void It_is_a_dictionary_that_forgets_the_oldest() =>
        Gen.Select(Gen.Int[1, 40], Gen.Select(Gen.Int[0, 60], Gen.Int[0, 9]).List[1, 400])
            .Sample(
                (size, steps) =>
                {
                    using StickTableState table = Table(size, store: Gpc0);
                    var order = new List<(int Key, int Value)>();
                    long now = 0;
                    foreach ((int key, int value) in steps)
                    {
                        Set(table, key, value, ++now);
                        order.RemoveAll(e => e.Key == key);
                        if (order.Count == size)
                            order.RemoveAt(0);
                        order.Add((key, value));
                    }
                    Assert.Equal(order.Count, table.Used);
                    foreach ((int key, int value) in order)
                        Assert.Equal(value, Get(table, key, now));
                    Assert.Equal(order.Select(e => e.Key).Order(), Keys(table, now).Order());
                },
                iter: 300
            );

    [Theory]
    [InlineData(20_000)]
    [InlineData(300_000)]
    public async Task Many_threads_and_many_keys_never_make_it_larger_than_it_may_be(int size)
    {
        using StickTableState table = Table(size, store: Gpc0);
        await Task.WhenAll(
            Enumerable
                .Range(0, 4)
                .Select(t =>
                    Task.Run(() =>
                    {
                        for (int i = 0; i < size; i++)
                        {
                            StickEntry entry = table.FindOrAdd(Key(t * (size / 2) + i), i);
                            if (!entry.IsSet)
                                continue;
                            table.TryAdd(entry, StickDataType.Gpc0, StickDataType.Gpc0Rate, 0, 1, i, out _);
                            table.Release(entry);
                        }
                    })
                )
        );
        Assert.InRange(table.Used, size * 9 / 10, size);
        Assert.Equal(table.Used, Keys(table, 0).Count);
    }

    [Fact]
    public void A_lookup_allocates_nothing()
    {
        using StickTableState table = Table(1000, 10_000, store: [Gpc0, new(StickDataType.HttpReqRate, 1, 1000)]);
        byte[] key = Key(7);
        void Once(long now)
        {
            StickEntry entry = table.FindOrAdd(key, now);
            table.Count(entry, StickDataType.HttpReqCnt, StickDataType.HttpReqRate, 1, now);
            table.TryRead(entry, StickDataType.HttpReqRate, 0, now, out _);
            table.Release(entry);
        }
        Once(1);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 2; i < 1000; i++)
            Once(i);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static List<(int Key, long Value, bool Learned)> Told(StickWalk walk, StickTableState table, long now = 0)
    {
        var told = new List<(int, long, bool)>();
        var copy = new StickEntryCopy(table);
        while (walk.Next(copy, now) || walk.IsSeeking)
            if (!walk.IsSeeking)
                told.Add(((int)copy.KeyNumber, copy.Value(StickDataType.Gpc0, 0, now), copy.IsLearned));
        return told;
    }

    [Fact]
    public void A_walk_tells_entries_in_the_order_of_their_changes_and_later_what_has_changed_since()
    {
        using StickTableState table = Table(20_000, peers: "p", store: Gpc0);
        for (int i = 0; i < 5000; i++)
            Set(table, i, i, i);
        using StickWalk walk = table.Walk(0);
        Assert.Equal(Enumerable.Range(0, 5000), Told(walk, table).Select(t => t.Key));
        Assert.Empty(Told(walk, table));
        Set(table, 17, 1, 6000);
        Set(table, 3, 1, 6001);
        Set(table, 17, 2, 6002);
        Assert.Equal([(3, 1L, false), (17, 2L, false)], Told(walk, table));
        long reached = walk.Told;
        using StickWalk later = table.Walk(reached - 1);
        Assert.Equal([(17, 2L, false)], Told(later, table));
    }

    /// <summary>A peer that is far behind: the place is looked for in steps, and what changes meanwhile is told as well.</summary>
    [Fact]
    public void A_walk_from_the_middle_is_found_step_by_step()
    {
        using StickTableState table = Table(20_000, peers: "p", store: Gpc0);
        for (int i = 0; i < 5000; i++)
            Set(table, i, i, i);
        using StickWalk walk = table.Walk(2000);
        var copy = new StickEntryCopy(table);
        int steps = 0;
        var told = new List<int>();
        while (walk.Next(copy, 9000) || walk.IsSeeking)
        {
            if (!walk.IsSeeking)
            {
                told.Add((int)copy.KeyNumber);
                continue;
            }
            // entries that it may stand on change, go and come
            Set(table, 4990 - steps, 1, 6000 + steps);
            table.Remove(Key(4000 + steps));
            steps++;
        }
        Assert.InRange(steps, 3, 100);
        Assert.Equal(Enumerable.Range(2000, 3000).Where(k => k < 4000 || k >= 4000 + steps).Order(), told.Order());
    }

    /// <summary>A fault inside a gate is one caller's, and hangs nobody else.</summary>
    [Fact]
    public async Task A_gate_is_left_whatever_happens_inside()
    {
        using StickTableState table = Table(20, expireMs: 1000, peers: "p", store: Gpc0);
        Set(table, 1, 1, 1);
        StickEntryCopy nobody = null!;
        Assert.Throws<NullReferenceException>(() => table.TryCopy(Key(1), nobody, 1));
        Assert.Throws<NullReferenceException>(() =>
        {
            StickPlace place = default;
            table.Next(ref place, nobody, 1);
        });
        Assert.Throws<NullReferenceException>(() =>
        {
            using StickWalk walk = table.Walk(0);
            walk.Next(nobody, 1);
        });
        await Task.Run(() => Set(table, 1, 2, 2), TestContext.Current.CancellationToken)
            .WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Assert.Equal(2, Get(table, 1, 3));
    }

    [Fact]
    public void An_entry_is_found_by_the_address_it_was_shown_with()
    {
        using StickTableState table = Table(20_000, store: Gpc0);
        for (int i = 0; i < 3000; i++)
            Set(table, i, i, 1);
        var copy = new StickEntryCopy(table);
        var again = new StickEntryCopy(table);
        Assert.True(table.TryCopy(Key(1234), copy, 1));
        Assert.True(table.TryCopyAt(copy.Address, again, 1));
        Assert.Equal(1234u, again.KeyNumber);
        Assert.False(table.TryCopyAt(copy.Address + 1, again, 1));
        Assert.False(table.TryCopyAt(0, again, 1));
        table.Remove(Key(1234));
        Assert.False(table.TryCopyAt(copy.Address, again, 1));
    }

    [Fact]
    public void What_a_peer_said_is_marked_and_does_not_hide_what_is_to_be_told()
    {
        using StickTableState table = Table(100, expireMs: 1000, peers: "p", store: Gpc0);
        var heard = new StickEntryCopy(table);
        void Hear(int key, ulong value)
        {
            heard.Begin(Key(key));
            heard.SetNumber(StickDataType.Gpc0, 0, value);
            heard.ExpiresInMs = 400;
            Assert.True(table.Learn(heard, fromPeer: true, 10_000));
        }
        Set(table, 1, 1, 10_000);
        Hear(1, 5);
        Hear(2, 6);
        using StickWalk walk = table.Walk(0);
        Assert.Equal([(1, 5L, false), (2, 6L, true)], Told(walk, table, 10_000));
        Assert.Equal((5L, 6L), (Get(table, 1, 10_300), Get(table, 2, 10_300)));
        Assert.Equal((null, null), (Get(table, 1, 10_400), Get(table, 2, 10_400)));
    }

    /// <summary>Random changes and removals between the steps of a walk: in the end it has told the last state of everything.</summary>
    [Fact]
    public void A_walk_misses_nothing_whatever_changes_under_it() =>
        Gen.Select(Gen.Int[0, 30], Gen.Int[0, 5], Gen.Int[0, 3])
            .List[1, 300]
            .Sample(
                steps =>
                {
                    using StickTableState table = Table(25, peers: "p", store: Gpc0);
                    using StickWalk walk = table.Walk(0);
                    var copy = new StickEntryCopy(table);
                    var seen = new Dictionary<int, long>();
                    long now = 0;
                    foreach ((int key, int value, int what) in steps)
                    {
                        now++;
                        if (what == 0)
                            table.Remove(Key(key));
                        else
                            Set(table, key, value, now);
                        if (what == 3 && walk.Next(copy, now))
                            seen[(int)copy.KeyNumber] = copy.Value(StickDataType.Gpc0, 0, now);
                    }
                    foreach ((int key, long value, _) in Told(walk, table, now))
                        seen[key] = value;
                    foreach (int key in Keys(table, now))
                        Assert.Equal(Get(table, key, now), seen[key]);
                },
                iter: 500
            );

    private sealed class Ear : IStickListener
    {
        public int Calls { get; private set; }

        public void Changed(StickTableState table) => Calls++;
    }

    [Fact]
    public void A_listener_is_called_once_until_it_has_looked()
    {
        using StickTableState table = Table(100, peers: "p", store: Gpc0);
        var ear = new Ear();
        table.Listener = ear;
        using StickWalk walk = table.Walk(0);
        Set(table, 1, 1, 1);
        Set(table, 2, 1, 1);
        Assert.Equal(1, ear.Calls);
        Assert.True(walk.Arm());
        Assert.Equal(2, Told(walk, table).Count);
        Assert.False(walk.Arm());
        Set(table, 2, 2, 2);
        Assert.Equal(2, ear.Calls);
    }
}
