// ERR_*: the queue of what went wrong in OpenSSL, one for each thread.
// SAFETY: declarations, and one that writes text into a buffer of the caller's stack and copies it out.
using System.Runtime.InteropServices;

namespace Baton.Interop.OpenSsl;

public static unsafe partial class LibErrors
{
    private const int LongestText = 256;

    [LibraryImport(LibSsl.Crypto), SuppressGCTransition]
    public static partial void ERR_clear_error();

    /// <summary>Takes the oldest one; 0 when there is none.</summary>
    [LibraryImport(LibSsl.Crypto)]
    public static partial nuint ERR_get_error();

    [LibraryImport(LibSsl.Crypto)]
    public static partial nuint ERR_peek_last_error();

    /// <summary>The oldest one, which stays; 0 when there is none.</summary>
    [LibraryImport(LibSsl.Crypto)]
    public static partial nuint ERR_peek_error();

    [LibraryImport(LibSsl.Crypto)]
    public static partial byte* ERR_reason_error_string(nuint error);

    [LibraryImport(LibSsl.Crypto)]
    public static partial void ERR_error_string_n(nuint error, byte* text, nuint size);

    /// <summary>The reason of the oldest fault in OpenSSL's words, and an empty queue. For messages at start, not for traffic.</summary>
    public static string TakeReason()
    {
        nuint error = ERR_get_error();
        ERR_clear_error();
        if (error == 0)
            return "";
        if (Marshal.PtrToStringUTF8((nint)ERR_reason_error_string(error)) is { } reason)
            return reason;
        byte* text = stackalloc byte[LongestText];
        ERR_error_string_n(error, text, LongestText);
        return Marshal.PtrToStringUTF8((nint)text) ?? "";
    }
}
