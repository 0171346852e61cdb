// PCRE2, 8-bit: the regular expressions of users' configurations. The library is loaded at the first expression.
// SAFETY: declarations only; MatchMemory and RegularExpression say what their pointers point to.
using System.Runtime.InteropServices;

namespace Baton.Interop.Pcre2;

public static unsafe partial class Pcre
{
    private const string Library = "libpcre2-8.so.0";

    /// <summary>The Debian package that brings the library.</summary>
    public const string Package = "libpcre2-8-0";

    public const uint CASELESS = 8;
    public const uint JIT_COMPLETE = 1;
    public const int ERROR_NOMATCH = -1;

    [LibraryImport(Library)]
    public static partial nint pcre2_compile_8(byte* pattern, nuint length, uint options, int* error, nuint* offset, nint context);

    [LibraryImport(Library)]
    public static partial int pcre2_jit_compile_8(nint code, uint options);

    [LibraryImport(Library)]
    public static partial nint pcre2_match_data_create_8(uint pairs, nint context);

    [LibraryImport(Library)]
    public static partial int pcre2_match_8(nint code, byte* subject, nuint length, nuint start, uint options, nint data, nint context);

    [LibraryImport(Library)]
    public static partial int pcre2_jit_match_8(nint code, byte* subject, nuint length, nuint start, uint options, nint data, nint context);

    [LibraryImport(Library)]
    public static partial nuint* pcre2_get_ovector_pointer_8(nint data);

    [LibraryImport(Library)]
    public static partial int pcre2_get_error_message_8(int error, byte* buffer, nuint length);

    [LibraryImport(Library)]
    public static partial void pcre2_code_free_8(nint code);
}
