// A pool never gives one block to two holders, gives as many bytes as it says, and knows how many are out.
using System;
using System.Collections.Generic;
using System.Linq;
using Baton.Core.Buffers;
using CsCheck;
using Xunit;

namespace Baton.UnitTests.Core.Buffers;

public sealed unsafe class BufferPoolTests
{
    private const int Block = 512,
        Large = 2048;

    private sealed record Holder(nint Block, int Size, byte Mark);

    [Fact]
    public void Every_holder_has_its_bytes_to_itself()
    {
        Gen.Select(Gen.Int[0, 5], Gen.Int[0, 3 * Large], Gen.Int[0, 1000])
            .Array[1, 120]
            .Sample(
                steps =>
                {
                    var pool = new BufferPool(Block, Large);
                    var holders = new List<Holder>();
                    byte mark = 0;
                    foreach ((int kind, int length, int pick) in steps)
                    {
                        if (kind < 3)
                        {
                            int size = Block;
                            byte* block = kind == 0 ? pool.Rent() : pool.RentAtLeast(length, out size);
                            if (kind > 0)
                                Assert.Equal(
                                    length <= Block ? Block
                                        : length <= Large ? Large
                                        : length,
                                    size
                                );
                            new Span<byte>(block, size).Fill(++mark);
                            holders.Add(new Holder((nint)block, size, mark));
                        }
                        else if (holders.Count > 0)
                            GiveBack(pool, holders, pick % holders.Count);
                        Assert.Equal(holders.Count(h => h.Size == Block), pool.Rented);
                        Assert.Equal(holders.Count(h => h.Size == Large), pool.Bulk!.Rented);
                    }
                    while (holders.Count > 0)
                        GiveBack(pool, holders, 0);
                    Assert.Equal((0, 0), (pool.Rented, pool.Bulk!.Rented));
                },
                iter: 100
            );
    }

    private static void GiveBack(BufferPool pool, List<Holder> holders, int at)
    {
        Holder holder = holders[at];
        holders.RemoveAt(at);
        // nobody else has written into it
        Assert.Equal(-1, new Span<byte>((byte*)holder.Block, holder.Size).IndexOfAnyExcept(holder.Mark));
        pool.Return((byte*)holder.Block, holder.Size);
    }

    [Fact]
    public void There_are_large_blocks_only_where_they_are_larger()
    {
        Assert.Null(new BufferPool(Block).Bulk);
        Assert.Null(new BufferPool(Block, Block).Bulk);
        Assert.Equal(Large, new BufferPool(Block, Large).Bulk!.BlockSize);
        var pool = new BufferPool(Block);
        byte* block = pool.RentAtLeast(Block + 1, out int size);
        Assert.Equal((Block + 1, 0), (size, pool.Rented));
        pool.Return(block, size);
    }
}
