// The reserve is there once or not at all, and what lack of memory leads to is told from other failures.
using System;
using Baton.Core.Buffers;
using Xunit;

namespace Baton.UnitTests.Core.Buffers;

public sealed class MemoryReserveTests
{
    [Fact]
    public void It_is_held_once_and_released_once()
    {
        for (int i = 0; i < 2; i++)
        {
            MemoryReserve.Hold();
            MemoryReserve.Hold();
            Assert.Equal(MemoryReserve.Size, MemoryReserve.Held);
            MemoryReserve.Release();
            MemoryReserve.Release();
            Assert.Equal(0, MemoryReserve.Held);
        }
    }

    [Fact]
    public void Lack_of_memory_in_a_static_constructor_is_lack_of_memory()
    {
        Assert.True(MemoryBudget.IsLack(new OutOfMemoryException()));
        Assert.True(MemoryBudget.IsLack(new TypeInitializationException("T", new OutOfMemoryException())));
        Assert.False(MemoryBudget.IsLack(new InvalidOperationException()));
    }
}
