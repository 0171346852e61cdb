// Early data of TLS 1.3 (0-RTT, bind option allow-0rtt): which handshakes take them. Whoever has recorded some can send them again (RFC
// 8446 §8), so a session is good for one handshake: it is in the process's cache, which all workers have, and is taken out of it by the
// first that comes with it. OpenSSL's own protection keeps sessions in one SSL_CTX, of which each worker has its own.
// SAFETY: the callback is OpenSSL's, on the thread that called it, and looks at nothing that it is given.
using System.Runtime.InteropServices;
using Baton.Interop.OpenSsl;

namespace Baton.Engine.Tls;

internal static unsafe class EarlyData
{
    /// <summary>Bytes that a client may send early. COMPAT: HAProxy's tune.bufsize without its tune.maxrewrite.</summary>
    private const uint Most = 15360;

    private const uint SupportedVersionsExtension = 43;

    /// <summary>For the session whose greeting is being looked at; one of TLS 1.2 keeps its tickets.</summary>
    public static void Allow(nint ssl)
    {
        byte* at;
        nuint length;
        if (SslContext.SSL_client_hello_get0_ext(ssl, SupportedVersionsExtension, &at, &length) != 1)
            return;
        Ssl.SSL_set_max_early_data(ssl, Most);
        // a ticket that holds its session by itself could be used again and again
        Ssl.SSL_set_options(ssl, SslContext.OP_NO_TICKET | SslContext.OP_NO_ANTI_REPLAY);
    }

    public static bool IsAllowed(nint ssl) => Ssl.SSL_version(ssl) == Ssl.TLS1_3_VERSION && Ssl.SSL_get_max_early_data(ssl) > 0;

    /// <summary>Those of this handshake are thrown away: the client sends them again behind it.</summary>
    public static void Refuse(nint ssl) => Ssl.SSL_set_allow_early_data_cb(ssl, &Never, 0);

    [UnmanagedCallersOnly]
    private static int Never(nint ssl, nint argument) => 0;
}
