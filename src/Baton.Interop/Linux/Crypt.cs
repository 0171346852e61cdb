// crypt(3): password hashes of every method the system's library knows.
// SAFETY: both strings are copied with a zero byte behind them; the library's memory is as large as any known version asks for,
// and freed when the answer has been compared.
using System;
using System.Runtime.InteropServices;
using System.Text;

namespace Baton.Interop.Linux;

public static unsafe partial class Crypt
{
    /// <summary>sizeof(struct crypt_data) of libxcrypt and glibc is at most this.</summary>
    internal const int DataSize = 262_144;

    [LibraryImport("libcrypt.so.1")]
    private static partial byte* crypt_r(byte* key, byte* setting, byte* data);

    /// <summary>True when hashing <paramref name="password"/> with the method and salt of <paramref name="hash"/> gives the hash. Slow on
    /// purpose; false for a method nobody knows.</summary>
    public static bool Verify(ReadOnlySpan<byte> password, ReadOnlySpan<byte> hash)
    {
        if (password.Length > 512 || hash.Length > 384)
            return false;
        byte* key = stackalloc byte[password.Length + 1];
        byte* setting = stackalloc byte[hash.Length + 1];
        password.CopyTo(new Span<byte>(key, password.Length));
        hash.CopyTo(new Span<byte>(setting, hash.Length));
        key[password.Length] = setting[hash.Length] = 0;
        byte* data = (byte*)NativeMemory.AllocZeroed(DataSize);
        try
        {
            byte* result = crypt_r(key, setting, data);
            return result is not null && MemoryMarshal.CreateReadOnlySpanFromNullTerminated(result).SequenceEqual(hash);
        }
        finally
        {
            NativeMemory.Free(data);
        }
    }

    /// <summary>Whether a hash's method is known here: loads the library and tries. False without the library.</summary>
    public static bool IsKnown(string hash)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(hash + "\0");
        byte empty = 0;
        byte* data = (byte*)NativeMemory.AllocZeroed(DataSize);
        try
        {
            fixed (byte* p = bytes)
            {
                byte* result = crypt_r(&empty, p, data);
                // libxcrypt answers "*0" or "*1" instead of null
                return result is not null && *result != '*';
            }
        }
        catch (DllNotFoundException)
        {
            return false;
        }
        finally
        {
            NativeMemory.Free(data);
        }
    }
}
