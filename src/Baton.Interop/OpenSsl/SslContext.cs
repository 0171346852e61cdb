// SSL_CTX_*: what the sessions of one bind line, or towards one server, have in common.
// SAFETY: declarations only; a context is made, and from then on belongs to one worker.
using System.Runtime.InteropServices;

namespace Baton.Interop.OpenSsl;

public static unsafe partial class SslContext
{
    /// <summary>SSL_CTX_ctrl.</summary>
    public const int CTRL_SET_SESS_CACHE_MODE = 44,
        CTRL_SET_MIN_PROTO_VERSION = 123,
        CTRL_SET_MAX_PROTO_VERSION = 124;

    public const int FILETYPE_PEM = 1;

    public const ulong OP_IGNORE_UNEXPECTED_EOF = 1UL << 7,
        OP_NO_TICKET = 1UL << 14,
        OP_NO_COMPRESSION = 1UL << 17,
        OP_NO_ANTI_REPLAY = 1UL << 24,
        OP_CIPHER_SERVER_PREFERENCE = 1UL << 22,
        OP_NO_RENEGOTIATION = 1UL << 30;

    [LibraryImport(LibSsl.Ssl)]
    public static partial nint TLS_server_method();

    [LibraryImport(LibSsl.Ssl)]
    public static partial nint TLS_client_method();

    [LibraryImport(LibSsl.Ssl)]
    public static partial nint SSL_CTX_new(nint method);

    /// <summary>With a library context of its own (OSSL_LIB_CTX_new), and the properties algorithms must have.</summary>
    [LibraryImport(LibSsl.Ssl)]
    public static partial nint SSL_CTX_new_ex(nint library, byte* properties, nint method);

    [LibraryImport(LibSsl.Ssl)]
    public static partial void SSL_CTX_free(nint context);

    [LibraryImport(LibSsl.Ssl)]
    public static partial nint SSL_CTX_ctrl(nint context, int command, nint number, nint pointer);

    [LibraryImport(LibSsl.Ssl)]
    public static partial ulong SSL_CTX_set_options(nint context, ulong options);

    [LibraryImport(LibSsl.Ssl)]
    public static partial int SSL_CTX_use_certificate_chain_file(nint context, byte* path);

    [LibraryImport(LibSsl.Ssl)]
    public static partial int SSL_CTX_use_PrivateKey_file(nint context, byte* path, int type);

    /// <summary>(SSL*, const char* line), one line of the NSS key log format for each secret.</summary>
    [LibraryImport(LibSsl.Ssl)]
    public static partial void SSL_CTX_set_keylog_callback(nint context, delegate* unmanaged<nint, byte*, void> callback);
}
