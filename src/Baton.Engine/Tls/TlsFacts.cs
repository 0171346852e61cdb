// What is known of a TLS connection after its handshake, for sample fetches, logs and pools. It lives with the connection's transport
// and moves with it: everything that a fetch may ask for later has to be here, because nobody else remembers the handshake.
using System;
using Baton.Core.Frames;

namespace Baton.Engine.Tls;

/// <summary>OWNER: the connection's worker. The object is used again by other connections; texts are held in memory of its own.</summary>
public sealed class TlsFacts
{
    /// <summary>A protocol's name, and a server's (RFC 6066 §3, RFC 7301 §3.1).</summary>
    private const int LongestName = 255;

    private byte[] _names = [];
    private byte _alpnLength,
        _serverNameLength;

    /// <summary>The version on the wire: 0x0304 is TLS 1.3.</summary>
    public ushort Version;

    /// <summary>The cipher suite's number (IANA).</summary>
    public ushort CipherSuite;

    /// <summary>Bits of the cipher's key that count (ssl_fc_use_keysize), and all of them (ssl_fc_alg_keysize).</summary>
    public ushort UsedKeyBits,
        KeyBits;

    /// <summary>What OpenSSL says of a handshake that failed (ssl_fc_err); 0 for nothing.</summary>
    public uint Fault;

    /// <summary>Of a connection whose handshake has not begun. COMPAT: it shows the version that it would begin with.</summary>
    public static TlsFacts Nothing { get; } = new() { Version = 0x0304, IsServerSide = true };

    /// <summary>The group of the key exchange, a NID of OpenSSL; 0 when there was none or it is not known.</summary>
    public int Group;

    /// <summary>This is the end that was connected to.</summary>
    public bool IsServerSide;

    /// <summary>An earlier session was resumed, by its identifier or by a ticket.</summary>
    public bool IsResumed;

    /// <summary>Early data (0-RTT) was taken, and the handshake is not over yet.</summary>
    public bool IsInEarlyData;

    /// <summary>What became of the peer's certificate: X509_V_OK (0) or the number of the fault; the first faults that were ignored
    /// (ca-ignore-err, crt-ignore-err), and the depth of that of an authority.</summary>
    public int VerifyResult,
        IgnoredAuthorityFault,
        IgnoredAuthorityDepth,
        IgnoredCertificateFault;

    /// <summary>What the peer has shown to be; null when it showed nothing. A resumed session has that of its first handshake.</summary>
    public TlsCertificate? PeerCertificate;

    /// <summary>What we have shown; null when that is not asked for (ssl_f_ and ssl_s_ fetches).</summary>
    public TlsCertificate? OwnCertificate;

    /// <summary>What only some configurations ask for; null otherwise.</summary>
    public TlsDetails? Details;

    /// <summary>The protocol that was agreed on (ALPN), empty for none.</summary>
    public ReadOnlySpan<byte> Alpn => _names.AsSpan(0, _alpnLength);

    /// <summary>The server's name that the client named (SNI), as it wrote it; empty for none.</summary>
    public ReadOnlySpan<byte> ServerName => _names.AsSpan(_alpnLength, _serverNameLength);

    /// <summary>What is longer than the protocol allows is cut.</summary>
    public void SetNames(ReadOnlySpan<byte> alpn, ReadOnlySpan<byte> serverName)
    {
        _alpnLength = (byte)Math.Min(alpn.Length, LongestName);
        _serverNameLength = (byte)Math.Min(serverName.Length, LongestName);
        int length = _alpnLength + _serverNameLength;
        if (_names.Length < length)
            _names = new byte[length];
        alpn[.._alpnLength].CopyTo(_names);
        serverName[.._serverNameLength].CopyTo(_names.AsSpan(_alpnLength));
    }

    /// <summary>The same as another one's, which is about to be used again.</summary>
    public void CopyFrom(TlsFacts other)
    {
        SetNames(other.Alpn, other.ServerName);
        (Version, CipherSuite, UsedKeyBits, KeyBits) = (other.Version, other.CipherSuite, other.UsedKeyBits, other.KeyBits);
        (Group, VerifyResult, IsServerSide, IsResumed) = (other.Group, other.VerifyResult, other.IsServerSide, other.IsResumed);
        IsInEarlyData = other.IsInEarlyData;
        Fault = other.Fault;
        IgnoredAuthorityFault = other.IgnoredAuthorityFault;
        IgnoredAuthorityDepth = other.IgnoredAuthorityDepth;
        IgnoredCertificateFault = other.IgnoredCertificateFault;
        (PeerCertificate, OwnCertificate, Details) = (other.PeerCertificate, other.OwnCertificate, other.Details);
    }

    /// <summary>Forgets everything: another connection has the object next.</summary>
    public void Clear()
    {
        _alpnLength = _serverNameLength = 0;
        Version = CipherSuite = UsedKeyBits = KeyBits = 0;
        Fault = 0;
        Group = VerifyResult = IgnoredAuthorityFault = IgnoredAuthorityDepth = IgnoredCertificateFault = 0;
        IsServerSide = IsResumed = IsInEarlyData = false;
        PeerCertificate = OwnCertificate = null;
        Details = null;
    }

    /// <summary>Writes it for the next process, a part of the transport's layer (docs/handover-protocol.md). Fields are added at the end
    /// only.</summary>
    public void WriteTo(FrameWriter w)
    {
        w.UInt16(Version);
        w.UInt16(CipherSuite);
        w.UInt16(UsedKeyBits);
        w.UInt16(KeyBits);
        w.Int32(Group);
        w.Byte((byte)((IsServerSide ? 1 : 0) | (IsResumed ? 2 : 0) | (IsInEarlyData ? 4 : 0)));
        w.Int32(VerifyResult);
        w.Int32(IgnoredAuthorityFault);
        w.Int32(IgnoredAuthorityDepth);
        w.Int32(IgnoredCertificateFault);
        w.Blob(Alpn);
        w.Blob(ServerName);
        w.Blob(PeerCertificate is null ? default : PeerCertificate.Der);
        w.Blob(OwnCertificate is null ? default : OwnCertificate.Der);
        w.Flag(Details is not null);
        Details?.WriteTo(w);
    }

    /// <summary>Believes nothing: what is odd is only odd to a fetch.</summary>
    public void ReadFrom(ref FrameReader r)
    {
        Version = (ushort)r.UInt16();
        CipherSuite = (ushort)r.UInt16();
        UsedKeyBits = (ushort)r.UInt16();
        KeyBits = (ushort)r.UInt16();
        Group = r.Int32();
        byte flags = r.Byte();
        IsServerSide = (flags & 1) != 0;
        IsResumed = (flags & 2) != 0;
        IsInEarlyData = (flags & 4) != 0;
        VerifyResult = r.Int32();
        IgnoredAuthorityFault = r.Int32();
        IgnoredAuthorityDepth = r.Int32();
        IgnoredCertificateFault = r.Int32();
        ReadOnlySpan<byte> alpn = r.Blob(),
            serverName = r.Blob();
        SetNames(alpn, serverName);
        PeerCertificate = TlsCertificate.Intern(r.Blob());
        OwnCertificate = TlsCertificate.Intern(r.Blob());
        Details = !r.AtEnd && r.Flag() ? TlsDetails.Read(ref r) : null;
    }
}
