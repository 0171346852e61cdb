// SSL_CTX_* that say what a bind or server line wants, and the callbacks of a handshake.
// SAFETY: declarations only; callbacks run on the thread that called OpenSSL and throw nothing, their arguments live as long as the
// context.
using System.Runtime.InteropServices;

namespace Baton.Interop.OpenSsl;

public static unsafe partial class SslContext
{
    /// <summary>SSL_CTX_ctrl and SSL_ctrl.</summary>
    public const int CTRL_SET_TMP_DH = 3,
        CTRL_SET_GROUPS_LIST = 92,
        CTRL_SET_SIGALGS_LIST = 98,
        CTRL_SET_CLIENT_SIGALGS_LIST = 102,
        CTRL_SET_SESS_CACHE_SIZE = 42,
        CTRL_SET_TLSEXT_SERVERNAME_CB = 53,
        CTRL_SET_TLSEXT_STATUS_REQ_CB = 63,
        CTRL_SET_TLSEXT_STATUS_REQ_OCSP_RESP = 71;

    public const int VERIFY_NONE = 0,
        VERIFY_PEER = 1,
        VERIFY_FAIL_IF_NO_PEER_CERT = 2;

    public const nint SESS_CACHE_OFF = 0,
        SESS_CACHE_CLIENT = 1,
        SESS_CACHE_SERVER = 2,
        SESS_CACHE_NO_INTERNAL = 0x300;

    public const int CLIENT_HELLO_SUCCESS = 1,
        CLIENT_HELLO_ERROR = 0;

    public const int TLSEXT_ERR_OK = 0,
        TLSEXT_ERR_ALERT_FATAL = 2,
        TLSEXT_ERR_NOACK = 3;

    public const int AD_INTERNAL_ERROR = 80,
        AD_UNRECOGNIZED_NAME = 112;

    /// <summary>Messages that an extension may stand in.</summary>
    public const uint EXT_CLIENT_HELLO = 0x80,
        EXT_TLS1_2_SERVER_HELLO = 0x100,
        EXT_TLS1_3_CERTIFICATE = 0x1000;

    /// <summary>SSL_select_next_proto found one.</summary>
    public const int NPN_NEGOTIATED = 1;

    [LibraryImport(LibSsl.Ssl)]
    public static partial int SSL_CTX_set_cipher_list(nint context, byte* list);

    [LibraryImport(LibSsl.Ssl)]
    public static partial int SSL_CTX_set_ciphersuites(nint context, byte* list);

    [LibraryImport(LibSsl.Ssl)]
    public static partial void SSL_CTX_set_verify(nint context, int mode, delegate* unmanaged<int, nint, int> callback);

    [LibraryImport(LibSsl.Ssl)]
    public static partial void SSL_CTX_set1_cert_store(nint context, nint store);

    [LibraryImport(LibSsl.Ssl)]
    public static partial int SSL_CTX_add_custom_ext(
        nint context,
        uint type,
        uint where,
        delegate* unmanaged<nint, uint, uint, byte**, nuint*, nint, nuint, int*, nint, int> add,
        delegate* unmanaged<nint, uint, uint, byte*, nint, void> free,
        nint addArgument,
        delegate* unmanaged<nint, uint, uint, byte*, nuint, nint, nuint, int*, nint, int> parse,
        nint parseArgument
    );

    [LibraryImport(LibSsl.Ssl)]
    public static partial void SSL_CTX_set_security_level(nint context, int level);

    [LibraryImport(LibSsl.Ssl)]
    public static partial int SSL_CTX_add_client_CA(nint context, nint certificate);

    [LibraryImport(LibSsl.Ssl)]
    public static partial int SSL_CTX_set_session_id_context(nint context, byte* text, uint length);

    [LibraryImport(LibSsl.Ssl)]
    public static partial nint SSL_CTX_set_timeout(nint context, nint seconds);

    [LibraryImport(LibSsl.Ssl)]
    public static partial int SSL_CTX_set_num_tickets(nint context, nuint tickets);

    [LibraryImport(LibSsl.Ssl)]
    public static partial int SSL_CTX_set_ex_data(nint context, int index, nint data);

    [LibraryImport(LibSsl.Ssl)]
    public static partial nint SSL_CTX_get_ex_data(nint context, int index);

    /// <summary>(SSL*, int* alert, void* argument)</summary>
    [LibraryImport(LibSsl.Ssl)]
    public static partial void SSL_CTX_set_client_hello_cb(
        nint context,
        delegate* unmanaged<nint, int*, nint, int> callback,
        nint argument
    );

    /// <summary>(SSL*, void* argument), when a certificate is needed: not for a session that is resumed.</summary>
    [LibraryImport(LibSsl.Ssl)]
    public static partial void SSL_CTX_set_cert_cb(nint context, delegate* unmanaged<nint, nint, int> callback, nint argument);

    [LibraryImport(LibSsl.Ssl)]
    public static partial nint SSL_CTX_callback_ctrl(nint context, int command, delegate* unmanaged<nint, int*, nint, int> callback);

    /// <summary>(SSL*, const unsigned char** out, unsigned char* outLength, const unsigned char* in, unsigned inLength, void*)</summary>
    [LibraryImport(LibSsl.Ssl)]
    public static partial void SSL_CTX_set_alpn_select_cb(
        nint context,
        delegate* unmanaged<nint, byte**, byte*, byte*, uint, nint, int> callback,
        nint argument
    );

    [LibraryImport(LibSsl.Ssl)]
    public static partial int SSL_CTX_set_alpn_protos(nint context, byte* protocols, uint length);

    /// <summary>(SSL*, unsigned char name[16], unsigned char iv[16], EVP_CIPHER_CTX*, EVP_MAC_CTX*, int encrypt)</summary>
    [LibraryImport(LibSsl.Ssl)]
    public static partial int SSL_CTX_set_tlsext_ticket_key_evp_cb(
        nint context,
        delegate* unmanaged<nint, byte*, byte*, nint, nint, int, int> callback
    );

    /// <summary>(SSL*, SSL_SESSION*): 1 keeps the reference.</summary>
    [LibraryImport(LibSsl.Ssl)]
    public static partial void SSL_CTX_sess_set_new_cb(nint context, delegate* unmanaged<nint, nint, int> callback);

    /// <summary>(SSL*, const unsigned char* id, int length, int* copy)</summary>
    [LibraryImport(LibSsl.Ssl)]
    public static partial void SSL_CTX_sess_set_get_cb(nint context, delegate* unmanaged<nint, byte*, int, int*, nint> callback);

    /// <summary>(SSL_CTX*, SSL_SESSION*)</summary>
    [LibraryImport(LibSsl.Ssl)]
    public static partial void SSL_CTX_sess_set_remove_cb(nint context, delegate* unmanaged<nint, nint, void> callback);

    [LibraryImport(LibSsl.Ssl)]
    public static partial int SSL_CTX_use_cert_and_key(nint context, nint certificate, nint key, nint chain, int replace);

    [LibraryImport(LibSsl.Ssl)]
    public static partial int SSL_CTX_set0_tmp_dh_pkey(nint context, nint parameters);

    [LibraryImport(LibSsl.Ssl)]
    public static partial int SSL_use_cert_and_key(nint ssl, nint certificate, nint key, nint chain, int replace);

    [LibraryImport(LibSsl.Ssl)]
    public static partial nint SSL_set_SSL_CTX(nint ssl, nint context);

    [LibraryImport(LibSsl.Ssl)]
    public static partial void SSL_set_verify(nint ssl, int mode, delegate* unmanaged<int, nint, int> callback);

    [LibraryImport(LibSsl.Ssl)]
    public static partial int SSL_client_hello_get0_ext(nint ssl, uint type, byte** content, nuint* length);

    [LibraryImport(LibSsl.Ssl)]
    public static partial nuint SSL_client_hello_get0_ciphers(nint ssl, byte** content);

    [LibraryImport(LibSsl.Ssl)]
    public static partial uint SSL_client_hello_get0_legacy_version(nint ssl);

    /// <summary>The types in their order; the caller frees them.</summary>
    [LibraryImport(LibSsl.Ssl)]
    public static partial int SSL_client_hello_get1_extensions_present(nint ssl, int** types, nuint* count);

    [LibraryImport(LibSsl.Ssl)]
    public static partial int SSL_select_next_proto(
        byte** chosen,
        byte* chosenLength,
        byte* ours,
        uint oursLength,
        byte* theirs,
        uint theirsLength
    );

    [LibraryImport(LibSsl.Crypto)]
    public static partial int CRYPTO_get_ex_new_index(int kind, nint number, nint pointer, nint create, nint copy, nint free);

    /// <summary>CRYPTO_get_ex_new_index: of a session.</summary>
    public const int EX_INDEX_SSL = 0,
        EX_INDEX_SSL_CTX = 1;
}
