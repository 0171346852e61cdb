// SSL_*: one session of OpenSSL. Here it shakes hands; afterwards it is freed, unless its cipher is one that only it speaks.
// SAFETY: declarations only; a session belongs to one worker, and who passes a pointer says what it points to.
using System.Runtime.InteropServices;

namespace Baton.Interop.OpenSsl;

public static unsafe partial class Ssl
{
    /// <summary>What SSL_get_error says.</summary>
    public const int ERROR_NONE = 0,
        ERROR_SSL = 1,
        ERROR_WANT_READ = 2,
        ERROR_WANT_WRITE = 3,
        ERROR_SYSCALL = 5,
        ERROR_ZERO_RETURN = 6;

    /// <summary>Numbers of the wire.</summary>
    public const int TLS1_VERSION = 0x0301,
        TLS1_1_VERSION = 0x0302,
        TLS1_2_VERSION = 0x0303,
        TLS1_3_VERSION = 0x0304;

    /// <summary>SSL_ctrl and SSL_CTX_ctrl.</summary>
    public const int CTRL_MODE = 33,
        CTRL_SET_MSG_CALLBACK_ARG = 16,
        CTRL_SET_TLSEXT_HOSTNAME = 55,
        CTRL_GET_NEGOTIATED_GROUP = 134;

    public const int MODE_ENABLE_PARTIAL_WRITE = 1,
        MODE_ACCEPT_MOVING_WRITE_BUFFER = 2,
        MODE_RELEASE_BUFFERS = 0x10;

    public const int SENT_SHUTDOWN = 1,
        RECEIVED_SHUTDOWN = 2;

    /// <summary>SSL_get_servername.</summary>
    public const int NAMETYPE_HOST_NAME = 0;

    /// <summary>Content types that the message callback gets: the header of each record.</summary>
    public const int RT_HEADER = 0x100;

    [LibraryImport(LibSsl.Ssl)]
    public static partial nint SSL_new(nint context);

    [LibraryImport(LibSsl.Ssl)]
    public static partial void SSL_free(nint ssl);

    [LibraryImport(LibSsl.Ssl)]
    public static partial int SSL_clear(nint ssl);

    [LibraryImport(LibSsl.Ssl)]
    public static partial void SSL_set_bio(nint ssl, nint read, nint write);

    [LibraryImport(LibSsl.Ssl), SuppressGCTransition]
    public static partial nint SSL_get_rbio(nint ssl);

    [LibraryImport(LibSsl.Ssl)]
    public static partial void SSL_set_accept_state(nint ssl);

    [LibraryImport(LibSsl.Ssl)]
    public static partial void SSL_set_connect_state(nint ssl);

    [LibraryImport(LibSsl.Ssl)]
    public static partial int SSL_do_handshake(nint ssl);

    [LibraryImport(LibSsl.Ssl)]
    public static partial int SSL_read(nint ssl, byte* buffer, int length);

    [LibraryImport(LibSsl.Ssl)]
    public static partial int SSL_peek(nint ssl, byte* buffer, int length);

    [LibraryImport(LibSsl.Ssl)]
    public static partial int SSL_write(nint ssl, byte* buffer, int length);

    /// <summary>What SSL_read_early_data says.</summary>
    public const int READ_EARLY_DATA_ERROR = 0,
        READ_EARLY_DATA_SUCCESS = 1,
        READ_EARLY_DATA_FINISH = 2;

    /// <summary>Begins the handshake of a server, and reads what the client sends before it is over.</summary>
    [LibraryImport(LibSsl.Ssl)]
    public static partial int SSL_read_early_data(nint ssl, byte* buffer, nuint length, nuint* read);

    /// <summary>Of a client: its greeting and text behind it. Of a server: to a client whose handshake is not over.</summary>
    [LibraryImport(LibSsl.Ssl)]
    public static partial int SSL_write_early_data(nint ssl, byte* buffer, nuint length, nuint* written);

    /// <summary>What SSL_get_early_data_status says when the server has taken it.</summary>
    public const int EARLY_DATA_ACCEPTED = 2;

    [LibraryImport(LibSsl.Ssl)]
    public static partial int SSL_get_early_data_status(nint ssl);

    [LibraryImport(LibSsl.Ssl)]
    public static partial uint SSL_SESSION_get_max_early_data(nint session);

    [LibraryImport(LibSsl.Ssl)]
    public static partial int SSL_set_max_early_data(nint ssl, uint most);

    [LibraryImport(LibSsl.Ssl)]
    public static partial uint SSL_get_max_early_data(nint ssl);

    /// <summary>Asked before early data are taken: 0 refuses them.</summary>
    [LibraryImport(LibSsl.Ssl)]
    public static partial void SSL_set_allow_early_data_cb(nint ssl, delegate* unmanaged<nint, nint, int> callback, nint argument);

    /// <summary>0: our key alone, 1: the peer is asked for its own. The message goes with the next write.</summary>
    [LibraryImport(LibSsl.Ssl)]
    public static partial int SSL_key_update(nint ssl, int type);

    [LibraryImport(LibSsl.Ssl)]
    public static partial int SSL_shutdown(nint ssl);

    [LibraryImport(LibSsl.Ssl)]
    public static partial void SSL_set_shutdown(nint ssl, int mode);

    [LibraryImport(LibSsl.Ssl)]
    public static partial int SSL_get_shutdown(nint ssl);

    [LibraryImport(LibSsl.Ssl)]
    public static partial int SSL_get_error(nint ssl, int result);

    [LibraryImport(LibSsl.Ssl)]
    public static partial int SSL_is_init_finished(nint ssl);

    /// <summary>Where the handshake is; <see cref="STATE_BEFORE"/> until the first message has come whole.</summary>
    [LibraryImport(LibSsl.Ssl), SuppressGCTransition]
    public static partial int SSL_get_state(nint ssl);

    public const int STATE_BEFORE = 0;

    [LibraryImport(LibSsl.Ssl)]
    public static partial int SSL_pending(nint ssl);

    [LibraryImport(LibSsl.Ssl)]
    public static partial int SSL_has_pending(nint ssl);

    [LibraryImport(LibSsl.Ssl)]
    public static partial int SSL_is_server(nint ssl);

    [LibraryImport(LibSsl.Ssl)]
    public static partial int SSL_version(nint ssl);

    [LibraryImport(LibSsl.Ssl)]
    public static partial nint SSL_get_current_cipher(nint ssl);

    [LibraryImport(LibSsl.Ssl)]
    public static partial ushort SSL_CIPHER_get_protocol_id(nint cipher);

    [LibraryImport(LibSsl.Ssl)]
    public static partial int SSL_CIPHER_get_bits(nint cipher, int* algorithmBits);

    [LibraryImport(LibSsl.Ssl)]
    public static partial byte* SSL_CIPHER_get_name(nint cipher);

    [LibraryImport(LibSsl.Ssl)]
    public static partial int SSL_session_reused(nint ssl);

    [LibraryImport(LibSsl.Ssl)]
    public static partial nint SSL_get_session(nint ssl);

    [LibraryImport(LibSsl.Ssl)]
    public static partial nint SSL_get1_session(nint ssl);

    [LibraryImport(LibSsl.Ssl)]
    public static partial int SSL_set_session(nint ssl, nint session);

    [LibraryImport(LibSsl.Ssl)]
    public static partial void SSL_SESSION_free(nint session);

    /// <summary>Bytes of a session in DER; written where <paramref name="into"/> points, unless that is null.</summary>
    [LibraryImport(LibSsl.Ssl)]
    public static partial int i2d_SSL_SESSION(nint session, byte** into);

    /// <summary>A session of DER; 0 when it is none.</summary>
    [LibraryImport(LibSsl.Ssl)]
    public static partial nint d2i_SSL_SESSION(nint reuse, byte** at, nint length);

    [LibraryImport(LibSsl.Ssl)]
    public static partial ulong SSL_get_options(nint ssl);

    [LibraryImport(LibSsl.Ssl)]
    public static partial nuint SSL_SESSION_get_master_key(nint session, byte* key, nuint size);

    [LibraryImport(LibSsl.Ssl)]
    public static partial byte* SSL_SESSION_get_id(nint session, uint* length);

    [LibraryImport(LibSsl.Ssl)]
    public static partial byte SSL_SESSION_get_max_fragment_length(nint session);

    [LibraryImport(LibSsl.Ssl)]
    public static partial nuint SSL_get_client_random(nint ssl, byte* random, nuint size);

    [LibraryImport(LibSsl.Ssl)]
    public static partial nuint SSL_get_server_random(nint ssl, byte* random, nuint size);

    [LibraryImport(LibSsl.Ssl)]
    public static partial nuint SSL_get_finished(nint ssl, byte* finished, nuint size);

    [LibraryImport(LibSsl.Ssl)]
    public static partial nuint SSL_get_peer_finished(nint ssl, byte* finished, nuint size);

    [LibraryImport(LibSsl.Ssl)]
    public static partial void SSL_get0_alpn_selected(nint ssl, byte** protocol, uint* length);

    [LibraryImport(LibSsl.Ssl)]
    public static partial int SSL_set_alpn_protos(nint ssl, byte* protocols, uint length);

    [LibraryImport(LibSsl.Ssl)]
    public static partial byte* SSL_get_servername(nint ssl, int type);

    [LibraryImport(LibSsl.Ssl)]
    public static partial nint SSL_get_verify_result(nint ssl);

    [LibraryImport(LibSsl.Ssl)]
    public static partial nint SSL_get1_peer_certificate(nint ssl);

    /// <summary>A stack that belongs to the session; where we were connected to without the peer's own.</summary>
    [LibraryImport(LibSsl.Ssl)]
    public static partial nint SSL_get_peer_cert_chain(nint ssl);

    /// <summary>From the peer's own up to the one that is believed; 0 for a session that was resumed.</summary>
    [LibraryImport(LibSsl.Ssl)]
    public static partial nint SSL_get0_verified_chain(nint ssl);

    [LibraryImport(LibSsl.Ssl)]
    public static partial nint SSL_get_certificate(nint ssl);

    [LibraryImport(LibSsl.Ssl)]
    public static partial int SSL_set_ex_data(nint ssl, int index, nint data);

    [LibraryImport(LibSsl.Ssl)]
    public static partial nint SSL_get_ex_data(nint ssl, int index);

    [LibraryImport(LibSsl.Ssl)]
    public static partial nint SSL_ctrl(nint ssl, int command, nint number, nint pointer);

    [LibraryImport(LibSsl.Ssl)]
    public static partial ulong SSL_set_options(nint ssl, ulong options);

    [LibraryImport(LibSsl.Ssl)]
    public static partial int SSL_set1_host(nint ssl, byte* name);

    /// <summary>(int write, int version, int type, const void* bytes, size_t length, SSL*, void* argument)</summary>
    [LibraryImport(LibSsl.Ssl)]
    public static partial void SSL_set_msg_callback(nint ssl, delegate* unmanaged<int, int, int, byte*, nuint, nint, nint, void> callback);

    [LibraryImport(LibSsl.Ssl)]
    public static partial nint SSL_get_SSL_CTX(nint ssl);
}
