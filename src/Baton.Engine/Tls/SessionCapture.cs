// What only some configurations want of a handshake, and what is gone when it is over: the client's greeting, the certificate chosen for
// it, the secrets. It goes with the session of OpenSSL that it is kept for.
// SAFETY: callbacks of OpenSSL on the thread that called it; what they are given points into the session, for the time of the call.
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Text;
using System.Threading;
using Baton.Configuration.Expressions;
using Baton.Interop.OpenSsl;

namespace Baton.Engine.Tls;

/// <summary>OWNER: the session's worker.</summary>
internal sealed unsafe class SessionCapture
{
    private static readonly Lazy<int> Index = new(OwnedHandle.SessionIndex, LazyThreadSafetyMode.ExecutionAndPublication);

    /// <summary>As <see cref="TlsDetails.ClientHello"/>.</summary>
    public byte[] Greeting { get; private set; } = [];

    /// <summary>The file of the certificate that was chosen.</summary>
    public byte[] CertificateName { get; private set; } = [];

    /// <summary>"LABEL secret", a line each.</summary>
    public List<byte> KeyLog { get; } = [];

    /// <summary>Gives a session one, where something of it is asked for.</summary>
    public static void Attach(nint ssl, TlsContext context)
    {
        if ((context.Uses & (TlsUses.Greeting | TlsUses.KeyLog)) != 0)
            Ssl.SSL_set_ex_data(ssl, Index.Value, GCHandle.ToIntPtr(GCHandle.Alloc(new SessionCapture())));
    }

    /// <summary>Null for a session that has none.</summary>
    public static SessionCapture? Of(nint ssl) =>
        Index.IsValueCreated && Ssl.SSL_get_ex_data(ssl, Index.Value) is var handle and not 0
            ? GCHandle.FromIntPtr(handle).Target as SessionCapture
            : null;

    /// <summary>"LABEL client-random secret" of the key log.</summary>
    public void Note(ReadOnlySpan<byte> line)
    {
        int label = line.IndexOf((byte)' '),
            secret = line.LastIndexOf((byte)' ');
        if (label < 0 || secret <= label)
            return;
        KeyLog.AddRange(line[..label]);
        KeyLog.AddRange(line[secret..]);
        KeyLog.Add((byte)'\n');
    }

    /// <summary>What the greeting that is being looked at offers, cut to so many bytes.</summary>
    public void Take(nint ssl, string certificate, int most)
    {
        CertificateName = Encoding.UTF8.GetBytes(certificate);
        if (most == 0)
            return;
        var made = new List<byte>();
        void add(ReadOnlySpan<byte> part)
        {
            part = part[..Math.Min(part.Length, most)];
            most -= part.Length;
            Span<byte> length = stackalloc byte[2];
            BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)part.Length);
            made.AddRange(length);
            made.AddRange(part);
        }
        byte* at;
        nuint count = SslContext.SSL_client_hello_get0_ciphers(ssl, &at);
        var ciphers = new ReadOnlySpan<byte>(at, (int)count);
        Span<byte> head = stackalloc byte[10];
        BinaryPrimitives.WriteUInt16BigEndian(head, (ushort)SslContext.SSL_client_hello_get0_legacy_version(ssl));
        BinaryPrimitives.WriteUInt64BigEndian(head[2..], System.IO.Hashing.XxHash64.HashToUInt64(ciphers));
        made.AddRange(head);
        add(ciphers);
        add(Types(ssl));
        add(Extension(ssl, SupportedGroups, 2));
        add(Extension(ssl, PointFormats, 1));
        add(Extension(ssl, SignatureAlgorithms, 2));
        add(Extension(ssl, SupportedVersions, 1));
        Greeting = [.. made];
    }

    private const uint SupportedGroups = 10,
        PointFormats = 11,
        SignatureAlgorithms = 13,
        SupportedVersions = 43;

    private static byte[] Types(nint ssl)
    {
        int* types;
        nuint count;
        if (SslContext.SSL_client_hello_get1_extensions_present(ssl, &types, &count) != 1)
            return [];
        byte[] all = new byte[2 * count];
        for (int i = 0; i < (int)count; i++)
            BinaryPrimitives.WriteUInt16BigEndian(all.AsSpan(2 * i), (ushort)types[i]);
        LibMemory.CRYPTO_free(types, null, 0);
        return all;
    }

    /// <summary>A list in an extension, without the length in front of it.</summary>
    private static ReadOnlySpan<byte> Extension(nint ssl, uint type, int lengthBytes)
    {
        byte* at;
        nuint length;
        return SslContext.SSL_client_hello_get0_ext(ssl, type, &at, &length) == 1 && length >= (nuint)lengthBytes
            ? new ReadOnlySpan<byte>(at + lengthBytes, (int)length - lengthBytes)
            : default;
    }
}
