// TLS towards one server (server option ssl): the name that a session asks for (sni) and that the server's certificate has to carry,
// and the session that the next one resumes.
// SAFETY: names lie in the worker's scratch memory, with a zero behind, for the calls that copy them. Contexts and what they keep are
// freed by nobody before the process ends.
using System;
using System.IO.Hashing;
using System.Threading;
using Baton.Configuration.Expressions;
using Baton.Configuration.Model;
using Baton.Engine.Connections;
using Baton.Engine.Samples;
using Baton.Engine.Tls;
using Baton.Interop.OpenSsl;

namespace Baton.Engine.Streams;

/// <summary>Contexts are made when their worker first needs one; each belongs to its worker.</summary>
internal sealed unsafe class ServerTls : TlsServerSide
{
    private readonly TlsSettings _settings;
    private readonly TlsServerConfig _config;
    private readonly CertificateBundle? _certificate;
    private readonly TlsContext?[] _contexts;
    private readonly int _nameIndex;

    /// <param name="nameIndex">The place of its expression among those of the backend.</param>
    public ServerTls(TlsServerConfig config, TlsSettings settings, CertificateBundle? certificate, int nameIndex, int workers)
    {
        _nameIndex = nameIndex;
        _config = config;
        _settings = settings;
        _certificate = certificate;
        _contexts = new TlsContext?[workers];
        VerifyHost = config.VerifyHost is null ? [] : System.Text.Encoding.ASCII.GetBytes(config.VerifyHost + "\0");
    }

    /// <summary>With a zero behind; empty for none.</summary>
    private byte[] VerifyHost { get; }

    /// <summary>What OpenSSL does not take of the settings; empty when it takes all.</summary>
    public string Try()
    {
        _contexts[0] = TlsContext.Towards(_settings, _certificate, !_config.NoReuse, out string error);
        return error;
    }

    public override TlsContext ContextOf(int worker) => _contexts[worker] ?? Add(worker);

    private TlsContext Add(int worker)
    {
        TlsContext made = TlsContext.Towards(_settings, _certificate, !_config.NoReuse, out _) ?? throw new OutOfMemoryException();
        return Interlocked.CompareExchange(ref _contexts[worker], made, null) ?? made;
    }

    /// <summary>What a stream's connection asks for by name, in one number: connections with different ones are not for each other's
    /// streams.</summary>
    public ulong NameKey(ProxyStream stream)
    {
        Span<byte> name = stackalloc byte[ServerNames.Longest];
        return Key(name[..NameOf(stream, name)]);
    }

    private static ulong Key(ReadOnlySpan<byte> name) => name.IsEmpty ? 0 : XxHash3.HashToUInt64(name) | 1;

    /// <summary>Of a request its head is gone by now.</summary>
    private int NameOf(ProxyStream? stream, Span<byte> into)
    {
        if (_config.ServerName is not { } sample || stream is null)
            return 0;
        if (!stream.IsHttp)
            return ServerNames.Evaluate(sample, stream, into);
        ReadOnlySpan<byte> kept = stream.ServerNames is { } names ? names.Of(_nameIndex) : default;
        kept.CopyTo(into);
        return kept.Length;
    }

    public override void Prepare(nint ssl, int worker, ServerConnection? connection, string? name = null)
    {
        TlsContext context = ContextOf(worker);
        Span<byte> scratch = stackalloc byte[ServerNames.Longest + 1];
        int length = name is null
            ? NameOf(connection?.Stream, scratch[..ServerNames.Longest])
            : System.Text.Encoding.ASCII.GetBytes(name, scratch[..ServerNames.Longest]);
        scratch[length] = 0;
        ulong key = Key(scratch[..length]);
        if (connection is not null)
            connection.NameKey = key;
        fixed (
            byte* text = scratch,
                host = VerifyHost
        )
        {
            if (length > 0)
                Ssl.SSL_ctrl(ssl, Ssl.CTRL_SET_TLSEXT_HOSTNAME, Ssl.NAMETYPE_HOST_NAME, (nint)text);
            // COMPAT: verifyhost is for connections that ask for no name
            byte* expected =
                length > 0 ? text
                : VerifyHost.Length > 0 ? host
                : null;
            if (_settings.Verify == TlsVerify.Required && expected is not null)
                Ssl.SSL_set1_host(ssl, expected);
        }
        context.Resume(ssl, key);
    }
}
