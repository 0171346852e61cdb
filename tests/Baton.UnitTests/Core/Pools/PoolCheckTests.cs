// The detection of second holders itself: each way to break the rule is found, and an orderly life is not.
using System;
using System.Collections.Generic;
using Baton.Core.Buffers;
using Baton.Core.Pools;
using Xunit;

namespace Baton.UnitTests.Core.Pools;

public sealed unsafe class PoolCheckTests
{
    private sealed class Thing : IPooled
    {
        public int Value;
        public string? Holder;
        public uint Life { get; set; }

        public string? HeldBy() => Holder;

        public void Spoil() => Value = -1;

        public bool IsSpoiled() => Value == -1;
    }

    private readonly List<string> _faults = [];

    private ObjectPool<Thing> Objects() => new(() => new Thing(), 8, new PoolSet(), _faults.Add);

    private BufferPool Blocks() => new(64, onFault: _faults.Add);

    [Fact]
    public void An_orderly_life_is_no_fault()
    {
        ObjectPool<Thing> pool = Objects();
        BufferPool blocks = Blocks();
        for (int i = 0; i < 3 * PoolChecks.Quarantine; i++)
        {
            Thing one = pool.Rent()!;
            byte* block = blocks.Rent();
            one.Value = block[5] = 7;
            pool.Return(one);
            blocks.Return(block);
        }
        Assert.Empty(_faults);
        Assert.Equal((0, 0), (pool.InUse, blocks.Rented));
    }

    [Fact]
    public void What_is_returned_twice_is_found()
    {
        ObjectPool<Thing> pool = Objects();
        Thing one = pool.Rent()!;
        pool.Return(one);
        pool.Return(one);
        Assert.Equal("Thing was returned twice", Assert.Single(_faults));
        Assert.Equal(0, pool.InUse);
    }

    /// <summary>Without checks, too: one holder is lost, and nobody gets what another one has.</summary>
    [Fact]
    public void What_is_returned_twice_is_never_given_to_two()
    {
        var pool = new ObjectPool<Thing>(() => new Thing(), 8, new PoolSet());
        Thing one = pool.Rent()!;
        pool.Return(one);
        pool.Return(one);
        Assert.NotSame(pool.Rent(), pool.Rent());
    }

    [Fact]
    public void A_life_has_a_number_of_its_own()
    {
        var pool = new ObjectPool<Thing>(() => new Thing(), 8, new PoolSet());
        Thing one = pool.Rent()!;
        uint life = one.Life;
        pool.Return(one);
        Assert.Same(one, pool.Rent());
        Assert.NotEqual(life, one.Life);
    }

    [Fact]
    public void A_write_after_the_return_is_found()
    {
        ObjectPool<Thing> pool = Objects();
        Thing stale = pool.Rent()!;
        pool.Return(stale);
        stale.Value = 5;
        for (int i = 0; i < 2 * PoolChecks.Quarantine; i++)
            pool.Return(pool.Rent()!);
        Assert.Contains("Thing was written to after it had been returned", _faults);
    }

    [Fact]
    public void An_object_that_something_still_holds_is_found()
    {
        ObjectPool<Thing> pool = Objects();
        Thing one = pool.Rent()!;
        one.Holder = "a list";
        pool.Return(one);
        Assert.Equal("Thing was returned while held by a list", Assert.Single(_faults));
    }

    [Fact]
    public void A_block_that_is_returned_twice_or_was_never_rented_is_found()
    {
        BufferPool blocks = Blocks();
        byte* block = blocks.Rent();
        blocks.Return(block);
        blocks.Return(block);
        byte* foreign = stackalloc byte[64];
        blocks.Return(foreign);
        Assert.Equal(["a block of 64 bytes was returned twice", "a block of 64 bytes was returned to a pool it is not of"], _faults);
    }

    [Fact]
    public void A_write_to_a_returned_block_is_found_and_a_read_sees_no_old_bytes()
    {
        BufferPool blocks = Blocks();
        byte* stale = blocks.Rent();
        stale[0] = stale[63] = 1;
        blocks.Return(stale);
        Assert.Equal((PoolChecks.Spoiled, PoolChecks.Spoiled), (stale[0], stale[63]));
        stale[9] = 2;
        for (int i = 0; i < 2 * PoolChecks.Quarantine; i++)
            blocks.Return(blocks.Rent());
        Assert.Contains("a block of 64 bytes was written to after it had been returned", _faults);
    }
}
