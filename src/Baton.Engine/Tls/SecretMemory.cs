// Where traffic secrets lie: blocks of one size in pages that no core dump has (MADV_DONTDUMP), wiped when they come back.
// SAFETY: a block belongs to whoever rented it until it is returned, once. Free ones are linked through their first bytes.
using System;
using System.Security.Cryptography;
using Baton.Core.Buffers;
using Baton.Interop.Linux;

namespace Baton.Engine.Tls;

/// <summary>One for the process; any thread. A block is taken for each connection, not for each request.</summary>
internal static unsafe class SecretMemory
{
    /// <summary>Bytes of a block.</summary>
    public const int BlockSize = 320;

    private const int RunBytes = 65536;

    private static readonly System.Threading.Lock s_lock = new();
    private static byte* s_free;

    /// <summary>Blocks handed out and not returned; 0 after a clean stop.</summary>
    public static int Rented { get; private set; }

    /// <summary>A block of zeros; null when there is no memory.</summary>
    public static byte* Rent()
    {
        lock (s_lock)
        {
            if (s_free is null && !Grow())
                return null;
            byte* block = s_free;
            s_free = *(byte**)block;
            *(byte**)block = null;
            Rented++;
            return block;
        }
    }

    public static void Return(byte* block)
    {
        CryptographicOperations.ZeroMemory(new Span<byte>(block, BlockSize));
        lock (s_lock)
        {
            *(byte**)block = s_free;
            s_free = block;
            Rented--;
        }
    }

    private static bool Grow()
    {
        byte* run = Pages.Map(RunBytes);
        if (run is null)
            return false;
        // where the kernel does not know it, the rest holds
        Memory.DoNotDump(run, RunBytes);
        for (int at = RunBytes / BlockSize * BlockSize - BlockSize; at >= 0; at -= BlockSize)
        {
            *(byte**)(run + at) = s_free;
            s_free = run + at;
        }
        return true;
    }
}
