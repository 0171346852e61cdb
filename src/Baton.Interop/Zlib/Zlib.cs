// zlib: what compresses messages. In the published binary it is the runtime's own, linked in (docs/decisions/0020); elsewhere, as in unit
// tests, the system's, loaded when it is first asked for.
// SAFETY: declarations only; Deflater of Baton.Engine says what its pointers point to.
using System;
using System.Runtime.InteropServices;

namespace Baton.Interop.Zlib;

public static unsafe partial class Zlib
{
    private const string Library = "libz.so.1";

    /// <summary>The Debian package that brings the library.</summary>
    public const string Package = "zlib1g";

    public const int Z_SYNC_FLUSH = 2,
        Z_FINISH = 4,
        Z_NO_FLUSH = 0;
    public const int Z_OK = 0,
        Z_STREAM_END = 1,
        Z_BUF_ERROR = -5;
    public const int Z_DEFLATED = 8,
        Z_DEFAULT_STRATEGY = 0;

    /// <summary>Behind it the window's logarithm makes a gzip header and trailer.</summary>
    public const int GzipWrapper = 16;

    [LibraryImport(Library)]
    private static partial byte* zlibVersion();

    [LibraryImport(Library)]
    private static partial int deflateInit2_(
        ZStream* stream,
        int level,
        int method,
        int windowBits,
        int memLevel,
        int strategy,
        byte* version,
        int size
    );

    [LibraryImport(Library)]
    public static partial int deflate(ZStream* stream, int flush);

    [LibraryImport(Library)]
    public static partial int deflateParams(ZStream* stream, int level, int strategy);

    [LibraryImport(Library)]
    public static partial int deflateReset(ZStream* stream);

    [LibraryImport(Library)]
    public static partial int deflateEnd(ZStream* stream);

    /// <summary>False where the library is not installed.</summary>
    public static bool IsInstalled
    {
        get
        {
            try
            {
                return zlibVersion() is not null;
            }
            catch (DllNotFoundException)
            {
                return false;
            }
        }
    }

    /// <summary>deflateInit2 of the header.</summary>
    public static int DeflateInit(ZStream* stream, int level, int windowBits, int memoryLevel) =>
        deflateInit2_(stream, level, Z_DEFLATED, windowBits, memoryLevel, Z_DEFAULT_STRATEGY, zlibVersion(), sizeof(ZStream));
}
