// Advice to the kernel about pages.
// SAFETY: the call changes no content; an address that is not mapped is refused.
using System.Runtime.InteropServices;

namespace Baton.Interop.Linux;

public static unsafe partial class Memory
{
    public const int MADV_DONTDUMP = 16;

    [LibraryImport("libc"), SuppressGCTransition]
    private static partial int madvise(void* address, nint length, int advice);

    /// <summary>Whole pages that no core dump shall have. False where the kernel does not know that.</summary>
    public static bool DoNotDump(void* address, int length) => madvise(address, length, MADV_DONTDUMP) == 0;
}
