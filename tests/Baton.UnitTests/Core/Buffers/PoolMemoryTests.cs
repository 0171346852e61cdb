using System.Collections.Generic;
using Baton.Core.Buffers;
using Baton.Core.Pools;
using Xunit;

namespace Baton.UnitTests.Core.Buffers;

[Collection(BudgetCollection.Name)]
public sealed unsafe class PoolMemoryTests
{
    private sealed class Thing : IPooled
    {
        public uint Life { get; set; }

        public string? HeldBy() => null;

        public void Spoil() { }

        public bool IsSpoiled() => true;
    }

    /// <summary>Blocks of whole pages, of parts of a page, and of an odd size.</summary>
    public static TheoryData<int> Sizes => [16384, 64, 1024, 5000];

    [Theory, MemberData(nameof(Sizes))]
    public void Blocks_are_apart_and_writable(int size)
    {
        var pool = new BufferPool(size);
        var blocks = new List<nint>();
        for (int i = 0; i < 300; i++)
        {
            byte* block = pool.Rent();
            for (int at = 0; at < size; at++)
                block[at] = (byte)i;
            blocks.Add((nint)block);
        }
        for (int i = 0; i < 300; i++)
        {
            Assert.Equal((byte)i, ((byte*)blocks[i])[0]);
            Assert.Equal((byte)i, ((byte*)blocks[i])[size - 1]);
            pool.Return((byte*)blocks[i]);
        }
        Assert.Equal(0, pool.Rented);
    }

    [Theory, MemberData(nameof(Sizes))]
    public void What_a_burst_needed_is_given_back_in_steps(int size)
    {
        long before = MemoryBudget.Used;
        var set = new PoolSet();
        var pool = new BufferPool(size, set: set);
        RentAndReturn(pool, 2000);
        Assert.True(set.HasGrown);
        long grown = MemoryBudget.Used - before;
        Assert.True(grown >= 2000L * size);
        // the first look only sees how much stays unused from then on
        set.Shrink(100, all: false);
        int calls = 0;
        while (set.Shrink(100, all: false).All > 0)
            calls++;
        Assert.InRange(calls, 1, 40);
        Assert.InRange(MemoryBudget.Used - before, 0, 2 * 65536);
        RentAndReturn(pool, 2000);
        Assert.Equal(0, pool.Rented);
    }

    [Theory, MemberData(nameof(Sizes))]
    public void What_is_in_use_now_and_then_stays(int size)
    {
        var set = new PoolSet();
        var pool = new BufferPool(size, set: set);
        RentAndReturn(pool, 2000);
        set.Shrink(int.MaxValue, all: false);
        int free = pool.Free;
        RentAndReturn(pool, 2000);
        set.Shrink(int.MaxValue, all: false);
        Assert.Equal(free, pool.Free);
    }

    [Theory, MemberData(nameof(Sizes))]
    public void Beyond_the_budget_there_is_none_and_what_comes_back_can_be_had_again(int size)
    {
        var set = new PoolSet();
        var pool = new BufferPool(size, set: set);
        var blocks = new Stack<nint>();
        long failures = MemoryBudget.Failures;
        MemoryBudget.Limit = MemoryBudget.Used + 1_000_000;
        try
        {
            byte* block;
            while ((block = pool.Rent()) is not null)
                blocks.Push((nint)block);
            Assert.InRange((long)blocks.Count * size, 800_000, 1_000_000);
            Assert.True(set.IsStarved);
            Assert.Equal(failures + 1, MemoryBudget.Failures);
            pool.Return((byte*)blocks.Pop());
            Assert.True(pool.Rent() is not null);
        }
        finally
        {
            MemoryBudget.Limit = long.MaxValue;
        }
    }

    [Fact]
    public void A_pool_that_must_grow_gets_what_another_one_does_not_use()
    {
        var set = new PoolSet();
        var buffers = new BufferPool(16384, set: set);
        var lines = new BufferPool(1024, set: set);
        MemoryBudget.Limit = MemoryBudget.Used + 4_000_000;
        try
        {
            RentAndReturn(buffers, 220);
            for (int i = 0; i < 3000; i++)
                Assert.True(lines.Rent() is not null);
        }
        finally
        {
            MemoryBudget.Limit = long.MaxValue;
        }
    }

    [Fact]
    public void Objects_are_bounded_too()
    {
        var set = new PoolSet();
        var pool = new ObjectPool<Thing>(static () => new Thing(), 1000, set);
        MemoryBudget.ObjectLimit = MemoryBudget.Objects + 50_000;
        try
        {
            int made = 0;
            while (made < 1000 && pool.Rent() is not null)
                made++;
            Assert.InRange(made, 20, 50);
        }
        finally
        {
            MemoryBudget.ObjectLimit = long.MaxValue;
        }
        Thing last = pool.Rent()!;
        pool.Return(last);
        Assert.Same(last, pool.Rent());
    }

    [Fact]
    public void Idle_objects_leave_and_the_rest_stays_usable()
    {
        var set = new PoolSet();
        var pool = new ObjectPool<Thing>(static () => new Thing(), 100, set);
        var all = new List<Thing>();
        for (int i = 0; i < 1000; i++)
            all.Add(pool.Rent()!);
        foreach (Thing one in all)
            pool.Return(one);
        set.Shrink(int.MaxValue, all: false);
        Assert.Equal(1000, pool.Free);
        Assert.True(set.Shrink(int.MaxValue, all: false).Garbage > 90_000);
        Assert.InRange(pool.Free, 1, 100);
        Assert.Equal(0, pool.InUse);
        Assert.Equal(500, new HashSet<Thing>(Rented(pool, 500)).Count);
    }

    private static IEnumerable<Thing> Rented(ObjectPool<Thing> pool, int count)
    {
        for (int i = 0; i < count; i++)
            yield return pool.Rent()!;
    }

    private static void RentAndReturn(BufferPool pool, int count)
    {
        var blocks = new Stack<nint>();
        for (int i = 0; i < count; i++)
            blocks.Push((nint)pool.Rent());
        while (blocks.TryPop(out nint block))
            pool.Return((byte*)block);
    }
}
