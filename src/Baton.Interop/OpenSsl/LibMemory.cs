// Memory that OpenSSL frees.
// SAFETY: declarations; what is got belongs to the object of OpenSSL's that it is given to.
using System.Runtime.InteropServices;

namespace Baton.Interop.OpenSsl;

public static unsafe partial class LibMemory
{
    /// <summary>The place in the program is for its debugging: none.</summary>
    [LibraryImport(LibSsl.Crypto)]
    public static partial nint CRYPTO_malloc(nuint length, byte* file, int line);

    [LibraryImport(LibSsl.Crypto)]
    public static partial void CRYPTO_free(void* memory, byte* file, int line);

    /// <summary>Wipes it first.</summary>
    [LibraryImport(LibSsl.Crypto)]
    public static partial void CRYPTO_clear_free(void* memory, nuint length, byte* file, int line);
}
