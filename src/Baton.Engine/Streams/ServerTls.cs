// TLS towards one server (server option ssl): the name that a session asks for (sni) and that the server's certificate has to carry,
// and the session that the next one resumes.
// SAFETY: names lie in the worker's scratch memory, with a zero behind, for the calls that copy them. Contexts are made for their worker
// and let go on it, behind whatever it does with them.
using System;
using System.Collections.Generic;
using System.Threading;
using Baton.Configuration.Expressions;
using Baton.Configuration.Model;
using Baton.Engine.Connections;
using Baton.Engine.Loop;
using Baton.Engine.Samples;
using Baton.Engine.Servers;
using Baton.Engine.Tls;
using Baton.Interop.OpenSsl;

namespace Baton.Engine.Streams;

/// <summary>Contexts are made when their worker first needs one; each belongs to its worker.</summary>
internal sealed unsafe class ServerTls : TlsServerSide
{
    /// <summary>What sessions that begin now are made of.</summary>
    private sealed record Side(TlsSettings Settings, CertificateBundle? Certificate, TlsContext?[] Contexts);

    private readonly TlsServerConfig _config;
    private readonly int _nameIndex;

    /// <summary>What is offered where HTTP/2 cannot be spoken; null when that is the same.</summary>
    private readonly byte[]? _alpnOfHttp1;
    private volatile Side _side;

    /// <param name="nameIndex">The place of its expression among those of the backend.</param>
    public ServerTls(TlsServerConfig config, TlsSettings settings, CertificateBundle? certificate, int nameIndex, int workers)
    {
        _nameIndex = nameIndex;
        _config = config;
        _alpnOfHttp1 = TlsProtocols.WithoutFrames(settings.Alpn);
        _side = new Side(settings, certificate, new TlsContext?[workers]);
        VerifyHost = config.VerifyHost is null ? [] : System.Text.Encoding.ASCII.GetBytes(config.VerifyHost + "\0");
    }

    /// <summary>With a zero behind; empty for none.</summary>
    private byte[] VerifyHost { get; }

    /// <summary>What OpenSSL does not take of the settings; empty when it takes all.</summary>
    public string Try() => Try(_side);

    private string Try(Side side)
    {
        side.Contexts[0] = TlsContext.Towards(side.Settings, side.Certificate, !_config.NoReuse, out string error);
        return error;
    }

    public override TlsContext ContextOf(int worker)
    {
        Side side = _side;
        return side.Contexts[worker] ?? Add(side, worker);
    }

    private TlsContext Add(Side side, int worker)
    {
        TlsContext made = TlsContext.Towards(side.Settings, side.Certificate, !_config.NoReuse, out _) ?? throw new OutOfMemoryException();
        return Interlocked.CompareExchange(ref side.Contexts[worker], made, null) ?? made;
    }

    public override bool Uses(string certificate) => _side.Certificate?.Name == certificate;

    public override bool Uses(AuthorityFile file) => !ReferenceEquals(_side.Settings.With(file), _side.Settings);

    public override string Put(CertificateBundle bundle, IReadOnlyList<Worker> workers) =>
        Put(_side with { Certificate = bundle, Contexts = new TlsContext?[_side.Contexts.Length] }, workers);

    public override string Put(AuthorityFile file, IReadOnlyList<Worker> workers) =>
        Put(_side with { Settings = _side.Settings.With(file), Contexts = new TlsContext?[_side.Contexts.Length] }, workers);

    private string Put(Side next, IReadOnlyList<Worker> workers)
    {
        if (Try(next) is { Length: > 0 } wrong)
            return wrong;
        Side before = _side;
        _side = next;
        Retire(before, workers);
        return "";
    }

    private static void Retire(Side before, IReadOnlyList<Worker> workers)
    {
        for (int i = 0; i < before.Contexts.Length && i < workers.Count; i++)
        {
            int worker = i;
            workers[i].Post(_ => Interlocked.Exchange(ref before.Contexts[worker], null)?.Free());
        }
    }

    /// <summary>What a stream's connection asks for by name, in one number: connections with different ones are not for each other's
    /// streams.</summary>
    public ulong NameKey(ProxyStream stream)
    {
        Span<byte> name = stackalloc byte[ServerNames.Longest];
        return IdlePool.KeyOf(name[..NameOf(stream, name)]);
    }

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

    public override void Prepare(nint ssl, int worker, ServerConnection? connection, string? name = null, byte[]? alpn = null)
    {
        if (TlsContext.OfSession(ssl) is not { } context)
            return;
        Span<byte> scratch = stackalloc byte[ServerNames.Longest + 1];
        int length = name is null
            ? NameOf(connection?.Stream, scratch[..ServerNames.Longest])
            : System.Text.Encoding.ASCII.GetBytes(name, scratch[..ServerNames.Longest]);
        scratch[length] = 0;
        ulong key = IdlePool.KeyOf(scratch[..length]);
        // "pool-conn-name" goes before it
        if (connection is { Server.PoolNameIndex: < 0 })
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
            if (context.Settings.Verify == TlsVerify.Required && expected is not null)
                Ssl.SSL_set1_host(ssl, expected);
        }
        if (connection?.Stream is { MaySpeakFrames: false })
            alpn = _alpnOfHttp1;
        if (alpn is { } names)
            fixed (byte* offered = names)
                Ssl.SSL_set_alpn_protos(ssl, offered, (uint)names.Length);
        context.Resume(ssl, key);
    }
}
