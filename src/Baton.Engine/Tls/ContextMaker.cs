// TlsSettings -> an SSL_CTX of OpenSSL. Made at start for the first worker, which shows what is wrong with the settings, and for the
// others when their first handshake wants it.
// SAFETY: texts are zero-terminated arrays, pinned for one call each, which copies them.
using System;
using System.Text;
using Baton.Configuration.Model;
using Baton.Interop.OpenSsl;

namespace Baton.Engine.Tls;

internal static unsafe class ContextMaker
{
    /// <summary>A context; 0 with the reason when OpenSSL does not want something of it.</summary>
    public static nint Make(TlsSettings settings, out string error)
    {
        nint context = SslContext.SSL_CTX_new(settings.IsServer ? SslContext.TLS_server_method() : SslContext.TLS_client_method());
        if (context == 0)
        {
            error = $"unable to allocate SSL context : {LibErrors.TakeReason()}";
            return 0;
        }
        error = Apply(context, settings);
        if (error.Length == 0)
            return context;
        SslContext.SSL_CTX_free(context);
        LibErrors.ERR_clear_error();
        return 0;
    }

    private static string Apply(nint context, TlsSettings s)
    {
        ulong options = SslContext.OP_NO_RENEGOTIATION | SslContext.OP_NO_COMPRESSION;
        if (!s.Tickets)
            options |= SslContext.OP_NO_TICKET;
        if (s.IsServer && !s.PreferClientCiphers)
            options |= SslContext.OP_CIPHER_SERVER_PREFERENCE;
        SslContext.SSL_CTX_set_options(context, options);
        if (s.SecurityLevel is { } level)
            SslContext.SSL_CTX_set_security_level(context, level);
        Number(context, SslContext.CTRL_SET_MIN_PROTO_VERSION, TlsVersions.Number(s.Versions.Lowest));
        Number(context, SslContext.CTRL_SET_MAX_PROTO_VERSION, TlsVersions.Number(s.Versions.Highest));
        Number(context, Ssl.CTRL_MODE, Ssl.MODE_ENABLE_PARTIAL_WRITE | Ssl.MODE_ACCEPT_MOVING_WRITE_BUFFER | Ssl.MODE_RELEASE_BUFFERS);
        SessionIo.Prepare(context, (s.Uses & Configuration.Expressions.TlsUses.KeyLog) != 0);
        if (s.Ciphers is { } ciphers && !Text(ciphers, p => SslContext.SSL_CTX_set_cipher_list(context, (byte*)p) == 1))
            return $"unable to set SSL cipher list to '{ciphers}'";
        if (s.CipherSuites is { } suites && !Text(suites, p => SslContext.SSL_CTX_set_ciphersuites(context, (byte*)p) == 1))
            return $"unable to set TLS 1.3 cipher suites to '{suites}'";
        if (s.Curves is { } curves && !List(context, SslContext.CTRL_SET_GROUPS_LIST, curves))
            return s.CurvesAreEcdhe ? $"unable to set elliptic named curve to '{curves}'" : $"unable to set SSL curves list to '{curves}'";
        if (s.SignatureAlgorithms is { } sign && !List(context, SslContext.CTRL_SET_SIGALGS_LIST, sign))
            return $"unable to set SSL Signature Algorithm list to '{sign}'";
        if (s.ClientSignatureAlgorithms is { } theirs && !List(context, SslContext.CTRL_SET_CLIENT_SIGALGS_LIST, theirs))
            return $"unable to set SSL Signature Algorithm list to '{theirs}'";
        if (s.IsServer)
            DiffieHellman(context, s);
        SslContext.SSL_CTX_set_timeout(context, s.SessionLifetime);
        Verification(context, s);
        return "";
    }

    /// <summary>The parameters of a file, or a known group (RFC 7919) of at most so many bits.</summary>
    private static void DiffieHellman(nint context, TlsSettings s)
    {
        nint parameters = 0;
        if (s.DhParameters is { } pem)
            parameters = DiffieHellmanOf(pem);
        if (parameters == 0)
            parameters = Keys.DH_new_by_nid(
                s.DhBits >= 8192 ? Keys.NID_ffdhe8192
                : s.DhBits >= 4096 ? Keys.NID_ffdhe4096
                : s.DhBits >= 3072 ? Keys.NID_ffdhe3072
                : Keys.NID_ffdhe2048
            );
        SslContext.SSL_CTX_ctrl(context, SslContext.CTRL_SET_TMP_DH, 0, parameters);
        Keys.DH_free(parameters);
    }

    /// <summary>Parameters in PEM; 0 when there are none.</summary>
    internal static nint DiffieHellmanOf(byte[] pem)
    {
        fixed (byte* p = pem)
        {
            nint bio = Bio.BIO_new_mem_buf(p, pem.Length),
                parameters = Keys.PEM_read_bio_DHparams(bio, 0, 0, 0);
            Bio.BIO_free(bio);
            LibErrors.ERR_clear_error();
            return parameters;
        }
    }

    private static void Verification(nint context, TlsSettings s)
    {
        int mode = s.Verify switch
        {
            TlsVerify.Optional => SslContext.VERIFY_PEER,
            TlsVerify.Required => SslContext.VERIFY_PEER | SslContext.VERIFY_FAIL_IF_NO_PEER_CERT,
            _ => SslContext.VERIFY_NONE,
        };
        TlsVerification.Set(context, mode, s);
        if (mode == SslContext.VERIFY_NONE)
            return;
        nint store = X509.X509_STORE_new();
        if (store == 0)
            throw new OutOfMemoryException();
        foreach (AuthorityFile file in s.Authorities)
            file.AddTo(store);
        if (s.Revoked is { } revoked)
        {
            revoked.AddTo(store);
            X509.X509_STORE_set_flags(store, X509.FLAG_CRL_CHECK | X509.FLAG_CRL_CHECK_ALL);
        }
        SslContext.SSL_CTX_set1_cert_store(context, store);
        X509.X509_STORE_free(store);
        foreach (byte[] der in s.Named?.Certificates ?? [])
        {
            nint certificate = CertificateBundle.Parse(der);
            if (certificate == 0)
                continue;
            SslContext.SSL_CTX_add_client_CA(context, certificate);
            X509.X509_free(certificate);
        }
    }

    private static void Number(nint context, int command, int value) => SslContext.SSL_CTX_ctrl(context, command, value, 0);

    private static bool List(nint context, int command, string list) =>
        Text(list, p => SslContext.SSL_CTX_ctrl(context, command, 0, p) == 1);

    private static bool Text(string text, Func<nint, bool> call)
    {
        fixed (byte* p = Encoding.UTF8.GetBytes(text + "\0"))
            return call((nint)p);
    }
}
