// Records against OpenSSL: two of its sessions shake hands in memory; then what one of them sends is read by the other and by our
// reader, however it was changed on the way, and what our writer sends is read by OpenSSL.
using System;
using System.Collections.Generic;
using System.IO;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Baton.Engine.Tls;
using Baton.Http.Tls.Records;
using Baton.Interop.OpenSsl;

namespace Baton.UnitTests.Engine.Tls;

/// <summary>A connection of TLS 1.3 between a client and a server, both OpenSSL's.</summary>
internal sealed unsafe class OpenSslOracle : IDisposable
{
    private const int Size = 1 << 20;
    private static readonly Lazy<nint> s_server = new(MakeServer),
        s_client = new(() => SslContext.SSL_CTX_new(SslContext.TLS_client_method()));

    private readonly nint _client,
        _server;
    private readonly SessionIo* _clientIo,
        _serverIo;
    private readonly byte* _in = (byte*)NativeMemory.Alloc(Size),
        _out = (byte*)NativeMemory.Alloc(Size);

    /// <summary>What followed the handshake towards the client: tickets.</summary>
    private byte[] _tickets = [];

    private static nint MakeServer()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 made = new CertificateRequest("CN=oracle", key, HashAlgorithmName.SHA256).CreateSelfSigned(
            DateTimeOffset.UtcNow.AddDays(-1),
            DateTimeOffset.UtcNow.AddDays(1)
        );
        string file = Path.GetTempFileName();
        File.WriteAllText(file, made.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem() + "\n");
        nint context = SslContext.SSL_CTX_new(SslContext.TLS_server_method());
        fixed (byte* path = Encoding.UTF8.GetBytes(file + "\0"))
        {
            SslContext.SSL_CTX_use_certificate_chain_file(context, path);
            SslContext.SSL_CTX_use_PrivateKey_file(context, path, SslContext.FILETYPE_PEM);
        }
        File.Delete(file);
        return context;
    }

    public OpenSslOracle()
    {
        _client = Begin(s_client.Value, out _clientIo);
        _server = Begin(s_server.Value, out _serverIo);
        _serverIo->IsServer = true;
        Ssl.SSL_set_connect_state(_client);
        Ssl.SSL_set_accept_state(_server);
        byte[] towards = [];
        for (int i = 0; i < 10 && Ssl.SSL_is_init_finished(_server) == 0; i++)
        {
            byte[] back = Turn(_clientIo, towards, () => Ssl.SSL_do_handshake(_client));
            towards = Turn(_serverIo, back, () => Ssl.SSL_do_handshake(_server));
        }
        _tickets = towards;
    }

    private static nint Begin(nint context, out SessionIo* io)
    {
        nint ssl = Ssl.SSL_new(context);
        io = (SessionIo*)SecretMemory.Rent();
        SessionIo.Attach(ssl, io);
        return ssl;
    }

    /// <summary>One call into a session that has these bytes to read; what it has written.</summary>
    private byte[] Turn(SessionIo* io, ReadOnlySpan<byte> input, Action call)
    {
        input.CopyTo(new Span<byte>(_in, Size));
        io->In = _in;
        io->Out = _out;
        (io->InLength, io->Taken, io->OutSize, io->OutLength) = (input.Length, 0, Size, 0);
        LibErrors.ERR_clear_error();
        call();
        io->StopTelling();
        return new ReadOnlySpan<byte>(_out, io->OutLength).ToArray();
    }

    /// <summary>The server's side of the connection, as our records go on with it.</summary>
    public void SetState(ref RecordState state)
    {
        (state.Version, state.CipherSuite, state.IsServer) = (RecordState.Tls13, 0, true);
        state.CipherSuite = Ssl.SSL_CIPHER_get_protocol_id(Ssl.SSL_get_current_cipher(_server));
        state.LargestSent = RecordState.LargestFragment;
        KeySchedule.SetSecret(ref state.Read, state.Suite, new(_serverIo->ReadSecret, DirectionKeys.LongestSecret));
        KeySchedule.SetSecret(ref state.Write, state.Suite, new(_serverIo->WriteSecret, DirectionKeys.LongestSecret));
        (state.Read.Sequence, state.Write.Sequence) = (_serverIo->RecordsRead, _serverIo->RecordsWritten);
    }

    /// <summary>The client sends text; the records.</summary>
    public byte[] Send(byte[] text) => Turn(_clientIo, default, () =>
        {
            fixed (byte* p = text)
                Ssl.SSL_write(_client, p, text.Length);
        });

    public void UpdateKey(bool asks) => Ssl.SSL_key_update(_client, asks ? 1 : 0);

    public byte[] End() => Turn(_clientIo, default, () => Ssl.SSL_shutdown(_client));

    /// <summary>What OpenSSL's server makes of bytes: the text, and how it ends.</summary>
    public (byte[] Text, int Error) ReadByServer(byte[] bytes) => Read(_server, _serverIo, bytes);

    /// <summary>The same of its client, behind the tickets.</summary>
    public (byte[] Text, int Error) ReadByClient(byte[] bytes) => Read(_client, _clientIo, [.. _tickets, .. bytes]);

    private (byte[] Text, int Error) Read(nint ssl, SessionIo* io, byte[] bytes)
    {
        List<byte> text = [];
        int error = 0;
        Turn(io, bytes, () =>
        {
            byte[] buffer = new byte[20000];
            fixed (byte* p = buffer)
                while (true)
                {
                    int n = Ssl.SSL_read(ssl, p, buffer.Length);
                    error = n > 0 ? 0 : Ssl.SSL_get_error(ssl, n);
                    if (n <= 0)
                        return;
                    text.AddRange(buffer.AsSpan(0, n));
                }
        });
        return ([.. text], error);
    }

    public void Dispose()
    {
        Ssl.SSL_free(_client);
        Ssl.SSL_free(_server);
        SecretMemory.Return((byte*)_clientIo);
        SecretMemory.Return((byte*)_serverIo);
        NativeMemory.Free(_in);
        NativeMemory.Free(_out);
    }
}
