// What OpenSSL's session knows when the handshake is over, as facts that outlive it.
// SAFETY: what OpenSSL points to lives as long as the session, which the caller holds.
using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using Baton.Configuration.Expressions;
using Baton.Http.Certificates;
using Baton.Interop.OpenSsl;

namespace Baton.Engine.Tls;

internal static unsafe class SessionFacts
{
    public static void Read(nint ssl, TlsContext context, TlsFacts facts)
    {
        nint cipher = Ssl.SSL_get_current_cipher(ssl);
        int bits;
        facts.Version = (ushort)Ssl.SSL_version(ssl);
        facts.CipherSuite = Ssl.SSL_CIPHER_get_protocol_id(cipher);
        facts.UsedKeyBits = (ushort)Ssl.SSL_CIPHER_get_bits(cipher, &bits);
        facts.KeyBits = (ushort)bits;
        facts.Group = (int)Ssl.SSL_ctrl(ssl, Ssl.CTRL_GET_NEGOTIATED_GROUP, 0, 0);
        facts.IsResumed = Ssl.SSL_session_reused(ssl) != 0;
        facts.VerifyResult = (int)Ssl.SSL_get_verify_result(ssl);
        TlsVerification.Tell(ssl, facts);
        if (context.AsksForCertificates)
            facts.PeerCertificate = Certificate(Ssl.SSL_get1_peer_certificate(ssl));
        if (context.KeepsOwnCertificate)
            facts.OwnCertificate = Intern(Ssl.SSL_get_certificate(ssl));
        if (context.KeepsDetails)
            facts.Details = Details(ssl, facts, context);
        byte* alpn;
        uint alpnLength;
        Ssl.SSL_get0_alpn_selected(ssl, &alpn, &alpnLength);
        byte* name = Ssl.SSL_get_servername(ssl, Ssl.NAMETYPE_HOST_NAME);
        facts.SetNames(
            new ReadOnlySpan<byte>(alpn, (int)alpnLength),
            name is null ? default : MemoryMarshal.CreateReadOnlySpanFromNullTerminated(name)
        );
    }

    /// <summary>What is known where the handshake failed, as far as it came.</summary>
    public static void ReadFailed(nint ssl, TlsFacts facts)
    {
        nint cipher = Ssl.SSL_get_current_cipher(ssl);
        facts.Fault = (uint)LibErrors.ERR_peek_error();
        facts.Version = (ushort)Ssl.SSL_version(ssl);
        facts.CipherSuite = cipher == 0 ? (ushort)0 : Ssl.SSL_CIPHER_get_protocol_id(cipher);
        facts.VerifyResult = (int)Ssl.SSL_get_verify_result(ssl);
        TlsVerification.Tell(ssl, facts);
        byte* name = Ssl.SSL_get_servername(ssl, Ssl.NAMETYPE_HOST_NAME);
        facts.SetNames(default, name is null ? default : MemoryMarshal.CreateReadOnlySpanFromNullTerminated(name));
    }

    /// <summary>Towards a server of TLS 1.3: the session has its identifier only now.</summary>
    public static void ReadTickets(nint ssl, TlsContext context, TlsFacts facts)
    {
        if (context.KeepsDetails)
            facts.Details = Details(ssl, facts, context);
    }

    /// <summary>What only some fetches ask for.</summary>
    private static TlsDetails Details(nint ssl, TlsFacts facts, TlsContext context)
    {
        const int randomLength = 32,
            longestFinished = 64;
        byte[] client = new byte[randomLength],
            server = new byte[randomLength],
            finished = new byte[longestFinished];
        uint idLength;
        byte* id = Ssl.SSL_SESSION_get_id(Ssl.SSL_get_session(ssl), &idLength);
        int finishedLength;
        fixed (
            byte* c = client,
                s = server,
                f = finished
        )
        {
            Ssl.SSL_get_client_random(ssl, c, randomLength);
            Ssl.SSL_get_server_random(ssl, s, randomLength);
            // RFC 5929 §3.1: the first one of the handshake, ours when the session was resumed
            nuint n =
                facts.IsResumed == facts.IsServerSide
                    ? Ssl.SSL_get_finished(ssl, f, longestFinished)
                    : Ssl.SSL_get_peer_finished(ssl, f, longestFinished);
            finishedLength = (int)Math.Min(n, longestFinished);
        }
        SessionCapture? capture = SessionCapture.Of(ssl);
        bool hasChain = (context.Uses & TlsUses.Chain) != 0;
        return new TlsDetails
        {
            MasterSecret = (context.Uses & TlsUses.MasterSecret) != 0 ? Master(ssl) : [],
            ClientHello = capture?.Greeting ?? [],
            CertificateName = capture?.CertificateName ?? [],
            KeyLog = capture is null ? [] : [.. capture.KeyLog],
            Chain = hasChain ? Chain(ssl) : [],
            RootName = hasChain ? RootName(ssl) : [],
            SessionId = new ReadOnlySpan<byte>(id, (int)idLength).ToArray(),
            ClientRandom = client,
            ServerRandom = server,
            UniqueId = finished[..finishedLength],
        };
    }

    private static byte[] Master(nint ssl)
    {
        const int longest = 64;
        byte[] secret = GC.AllocateUninitializedArray<byte>(longest, pinned: true);
        fixed (byte* p = secret)
        {
            int length = (int)Ssl.SSL_SESSION_get_master_key(Ssl.SSL_get_session(ssl), p, longest);
            return secret[..Math.Min(length, longest)];
        }
    }

    private static byte[] Chain(nint ssl)
    {
        nint stack = Ssl.SSL_get_peer_cert_chain(ssl);
        var all = new List<byte>();
        for (int i = 0; stack != 0 && i < X509.OPENSSL_sk_num(stack); i++)
            all.AddRange(Der(X509.OPENSSL_sk_value(stack, i)));
        return [.. all];
    }

    private static byte[] RootName(nint ssl)
    {
        nint stack = Ssl.SSL_get0_verified_chain(ssl);
        int count = stack == 0 ? 0 : X509.OPENSSL_sk_num(stack);
        return count > 0 && CertificateView.TryRead(Der(X509.OPENSSL_sk_value(stack, count - 1)), out CertificateView root)
            ? root.Subject.ToArray()
            : [];
    }

    private static byte[] Der(nint certificate)
    {
        byte* der = null;
        int length = X509.i2d_X509(certificate, &der);
        byte[] bytes = length > 0 ? new ReadOnlySpan<byte>(der, length).ToArray() : [];
        LibMemory.CRYPTO_free(der, null, 0);
        return bytes;
    }

    /// <summary>Takes the reference that OpenSSL gave; null for none.</summary>
    private static TlsCertificate? Certificate(nint certificate)
    {
        TlsCertificate? interned = Intern(certificate);
        if (certificate != 0)
            X509.X509_free(certificate);
        return interned;
    }

    private static TlsCertificate? Intern(nint certificate)
    {
        if (certificate == 0)
            return null;
        byte* der = null;
        int length = X509.i2d_X509(certificate, &der);
        TlsCertificate? interned = length > 0 ? TlsCertificate.Intern(new ReadOnlySpan<byte>(der, length)) : null;
        LibMemory.CRYPTO_free(der, null, 0);
        return interned;
    }
}
