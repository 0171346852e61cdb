// Where patterns live: outside the managed heap. A list may have millions of entries that stay for the life of the process, and a
// collector that marks them stops all traffic for as long. Lookups take no lock, so what is replaced or removed is freed when
// every worker has come to the end of what it was doing at that moment. The budget counts it; whoever adds an entry asks first
// whether there is room, since a change that fails in the middle would leave half an entry.
using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Threading;
using Baton.Core.Buffers;
using Baton.Engine.Loop;
using Baton.Interop.Linux;

namespace Baton.Engine.Patterns;

internal static unsafe partial class PatternMemory
{
    /// <summary>So many blocks are collected before the workers are asked.</summary>
    private const int BatchSize = 1024;

    private static readonly Lock Gate = new();
    private static List<nint> s_retired = [];
    private static Worker[] s_workers = [];

    /// <summary>Those whose lookups are waited for. Without any (a test, a check of the configuration) nothing is ever freed.</summary>
    public static void SetReaders(Worker[] workers) => s_workers = workers;

    // SAFETY: blocks come from malloc; a block belongs to the list that asked for it until it is retired, and is freed once.
    public static byte* Allocate(int size) => Counted(NativeMemory.Alloc((nuint)size));

    public static void* Resize(void* block, int size)
    {
        long before = block is null ? 0 : SizeOf(block);
        byte* now = Counted(NativeMemory.Realloc(block, (nuint)size));
        MemoryBudget.GiveBack(before);
        return now;
    }

    public static byte* AllocateZeroed(nuint size) => Counted(NativeMemory.AllocZeroed(size));

    [LibraryImport("libc"), SuppressGCTransition]
    private static partial nuint malloc_usable_size(void* block);

    /// <summary>What libc keeps with a block.</summary>
    private const int Overhead = 8;

    private static long SizeOf(void* block) => (long)malloc_usable_size(block) + Overhead;

    private static byte* Counted(void* block)
    {
        MemoryBudget.Take(SizeOf(block));
        return (byte*)block;
    }

    /// <summary>Frees a block that nobody has ever been able to find, or can any more.</summary>
    public static void Free(void* block)
    {
        if (block is null)
            return;
        MemoryBudget.GiveBack(SizeOf(block));
        NativeMemory.Free(block);
    }

    /// <summary>Frees a block that nobody can find any more, as soon as nobody can still be looking at it.</summary>
    public static void Retire(void* block)
    {
        if (block is null)
            return;
        List<nint> batch;
        lock (Gate)
        {
            s_retired.Add((nint)block);
            if (s_retired.Count < BatchSize || s_workers.Length == 0)
                return;
            (batch, s_retired) = (s_retired, new List<nint>(BatchSize));
        }
        AfterLookups(() =>
        {
            foreach (nint b in batch)
                Free((void*)b);
        });
    }

    /// <summary>A large block: the kernel takes milliseconds to take its pages back.</summary>
    public static void RetireLarge(void* block)
    {
        if (s_workers.Length == 0)
            Retire(block);
        else
            Retire([(nint)block]);
    }

    /// <summary>Frees many blocks at leisure, on a thread of their own.</summary>
    public static void Retire(IEnumerable<nint> blocks)
    {
        if (s_workers.Length == 0)
            return;
        const int stack = 128 * 1024;
        void FreeAll()
        {
            foreach (nint b in blocks)
                Free((void*)b);
        }
        AfterLookups(() =>
        {
            // without a thread it is done here after all
            if (!Threads.Start("patterns", stack, FreeAll))
                FreeAll();
        });
    }

    /// <summary>A task in a worker's inbox runs between two of its lookups, and after those that were under way.</summary>
    private static void AfterLookups(Action free)
    {
        int left = s_workers.Length;
        foreach (Worker worker in s_workers)
            worker.Post(_ =>
            {
                if (Interlocked.Decrement(ref left) == 0)
                    free();
            });
    }
}
