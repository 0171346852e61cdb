// What the sessions of one bind line, or those towards one server, have in common on one worker: an SSL_CTX. It is made when the
// engine is built and belongs to its worker from then on: OpenSSL's locks are then never contended.
// SAFETY: the context is freed by nobody before the process ends; paths are zero-terminated on the heap, pinned for the call.
using System.Text;
using Baton.Interop.OpenSsl;

namespace Baton.Engine.Tls;

public sealed unsafe class TlsContext
{
    private readonly nint _context;

    private TlsContext(nint context) => _context = context;

    /// <summary>The configuration has a fetch that asks for <see cref="TlsDetails"/>.</summary>
    public bool KeepsDetails { get; set; }

    /// <summary>A session that nobody has used yet; 0 when there is no memory for one. Whoever takes it frees it.</summary>
    public nint NewSession() => Ssl.SSL_new(_context);

    /// <summary>A context with one certificate; <paramref name="error"/> says what is wrong with the file otherwise.</summary>
    public static TlsContext? ForFile(string path, out string? error)
    {
        error = null;
        nint context = SslContext.SSL_CTX_new(SslContext.TLS_server_method());
        SslContext.SSL_CTX_set_options(context, SslContext.OP_NO_RENEGOTIATION | SslContext.OP_NO_COMPRESSION);
        SessionIo.Prepare(context);
        byte[] text = Encoding.UTF8.GetBytes(path + "\0");
        fixed (byte* p = text)
            if (
                SslContext.SSL_CTX_use_certificate_chain_file(context, p) == 1
                && SslContext.SSL_CTX_use_PrivateKey_file(context, p, SslContext.FILETYPE_PEM) == 1
            )
                return new TlsContext(context);
        error = LibErrors.TakeReason();
        SslContext.SSL_CTX_free(context);
        return null;
    }
}
