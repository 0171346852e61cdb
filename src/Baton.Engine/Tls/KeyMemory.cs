// Private keys that no handshake has needed yet, in pages that no core dump has. Each is wiped when it goes.
// SAFETY: a block belongs to whoever rented it until it is returned, once, with the length it was rented for. Free ones are linked
// through their first bytes.
using System;
using System.Security.Cryptography;
using Baton.Core.Buffers;
using Baton.Interop.Linux;

namespace Baton.Engine.Tls;

/// <summary>One for the process; any thread.</summary>
internal static unsafe class KeyMemory
{
    private const int Step = 512,
        RunBytes = 1 << 18;

    /// <summary>More than any key has.</summary>
    public const int Longest = 32 * 1024;

    private static readonly System.Threading.Lock s_lock = new();
    private static readonly nint[] s_free = new nint[Longest / Step + 1];
    private static byte* s_run;
    private static int s_left;

    /// <summary>A copy of a key; null when there is no memory, or when it is too long.</summary>
    public static byte* Keep(ReadOnlySpan<byte> key)
    {
        int steps = (key.Length + Step - 1) / Step;
        if (key.Length > Longest)
            return null;
        byte* block;
        lock (s_lock)
        {
            block = (byte*)s_free[steps];
            if (block is not null)
                s_free[steps] = *(nint*)block;
            else
                block = Cut(steps * Step);
        }
        if (block is not null)
            key.CopyTo(new Span<byte>(block, key.Length));
        return block;
    }

    public static void Return(byte* block, int length)
    {
        int steps = (length + Step - 1) / Step;
        CryptographicOperations.ZeroMemory(new Span<byte>(block, steps * Step));
        lock (s_lock)
        {
            *(nint*)block = s_free[steps];
            s_free[steps] = (nint)block;
        }
    }

    private static byte* Cut(int bytes)
    {
        if (bytes > s_left)
        {
            s_run = Pages.Map(RunBytes);
            s_left = s_run is null ? 0 : RunBytes;
            if (s_run is null)
                return null;
            // where the kernel does not know it, the rest holds
            Memory.DoNotDump(s_run, RunBytes);
        }
        byte* block = s_run;
        s_run += bytes;
        s_left -= bytes;
        return block;
    }
}
