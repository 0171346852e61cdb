// BIO_*: where a session of OpenSSL reads and writes. Ours is memory, so that it takes nothing from a socket that it does not need.
// SAFETY: declarations only.
using System.Runtime.InteropServices;

namespace Baton.Interop.OpenSsl;

public static unsafe partial class Bio
{
    public const int TYPE_SOURCE_SINK = 0x0400;

    public const int FLAGS_READ = 1,
        FLAGS_WRITE = 2,
        FLAGS_SHOULD_RETRY = 8;

    public const int CTRL_FLUSH = 11;

    [LibraryImport(LibSsl.Crypto)]
    public static partial int BIO_get_new_index();

    [LibraryImport(LibSsl.Crypto)]
    public static partial nint BIO_meth_new(int type, byte* name);

    [LibraryImport(LibSsl.Crypto)]
    public static partial int BIO_meth_set_read(nint method, delegate* unmanaged<nint, byte*, int, int> read);

    [LibraryImport(LibSsl.Crypto)]
    public static partial int BIO_meth_set_write(nint method, delegate* unmanaged<nint, byte*, int, int> write);

    [LibraryImport(LibSsl.Crypto)]
    public static partial int BIO_meth_set_ctrl(nint method, delegate* unmanaged<nint, int, nint, nint, nint> control);

    [LibraryImport(LibSsl.Crypto)]
    public static partial nint BIO_new(nint method);

    [LibraryImport(LibSsl.Crypto)]
    public static partial int BIO_free(nint bio);

    /// <summary>A source of bytes that somebody else holds, for reading files' contents.</summary>
    [LibraryImport(LibSsl.Crypto)]
    public static partial nint BIO_new_mem_buf(byte* bytes, int length);

    [LibraryImport(LibSsl.Crypto)]
    public static partial void BIO_set_data(nint bio, nint data);

    [LibraryImport(LibSsl.Crypto), SuppressGCTransition]
    public static partial nint BIO_get_data(nint bio);

    [LibraryImport(LibSsl.Crypto)]
    public static partial void BIO_set_init(nint bio, int initialised);

    [LibraryImport(LibSsl.Crypto), SuppressGCTransition]
    public static partial void BIO_set_flags(nint bio, int flags);

    [LibraryImport(LibSsl.Crypto), SuppressGCTransition]
    public static partial void BIO_clear_flags(nint bio, int flags);

    /// <summary>Memory that grows, for what OpenSSL prints.</summary>
    [LibraryImport(LibSsl.Crypto)]
    public static partial nint BIO_s_mem();

    [LibraryImport(LibSsl.Crypto)]
    public static partial int BIO_read(nint bio, byte* into, int length);
}
