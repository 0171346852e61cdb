// Memory that has a descriptor, so that another process can have it too (memfd), and mappings of it. Calls of control paths.
// SAFETY: callers map and unmap what is theirs; lengths and offsets are theirs and whole pages.
using System.Runtime.InteropServices;

namespace Baton.Interop.Linux;

public static unsafe partial class SharedMemory
{
    private const uint MFD_CLOEXEC = 1;
    private const int PROT_READ = 1,
        PROT_WRITE = 2,
        MAP_SHARED = 1,
        MAP_PRIVATE = 2,
        MAP_FIXED = 0x10,
        MAP_NORESERVE = 0x4000;

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int memfd_create(string name, uint flags);

    [LibraryImport("libc")]
    private static partial int ftruncate(int fd, nint length);

    [LibraryImport("libc")]
    private static partial nint mmap(void* address, nint length, int protection, int flags, int fd, nint offset);

    [LibraryImport("libc")]
    private static partial int munmap(void* address, nint length);

    [LibraryImport("libc")]
    private static partial nint pwrite(int fd, void* bytes, nint length, nint offset);

    /// <summary>So many zeros that take no memory before they are touched; -1 where that cannot be had.</summary>
    public static int Create(string name, long length)
    {
        int fd = memfd_create(name, MFD_CLOEXEC);
        if (fd < 0 || ftruncate(fd, (nint)length) == 0)
            return fd;
        Files.close(fd);
        return -1;
    }

    /// <summary>All of it, somewhere; null where the process may have no more.</summary>
    /// <param name="isShared">What is written is seen by the others that map it, else by this mapping alone.</param>
    public static byte* Map(int fd, long length, bool isShared)
    {
        nint at = mmap(null, (nint)length, PROT_READ | PROT_WRITE, Flags(isShared), fd, 0);
        return at == -1 ? null : (byte*)at;
    }

    /// <summary>Maps a part of it anew where it is mapped already, in one step. False when the kernel refuses.</summary>
    public static bool MapOver(byte* at, long length, bool isShared, int fd, long offset) =>
        mmap(at, (nint)length, PROT_READ | PROT_WRITE, Flags(isShared) | MAP_FIXED, fd, (nint)offset) != -1;

    private static int Flags(bool isShared) => (isShared ? MAP_SHARED : MAP_PRIVATE) | MAP_NORESERVE;

    public static void Unmap(byte* at, long length) => munmap(at, (nint)length);

    /// <summary>Writes all of it; false when that did not go.</summary>
    public static bool Write(int fd, byte* bytes, long length, long offset)
    {
        while (length > 0)
        {
            nint n = pwrite(fd, bytes, (nint)length, (nint)offset);
            if (n <= 0)
                return false;
            bytes += n;
            length -= n;
            offset += n;
        }
        return true;
    }
}
