// What the lines and the global defaults of TLS come to for one kind of sessions, as OpenSSL wants it.
using System;
using System.Collections.Generic;
using System.Security.Cryptography;
using System.Text;
using Baton.Configuration.Model;

namespace Baton.Engine.Tls;

/// <summary>Never changes; any thread.</summary>
internal sealed record TlsSettings
{
    public required TlsVersions Versions { get; init; }
    public string? Ciphers { get; init; }
    public string? CipherSuites { get; init; }
    public string? Curves { get; init; }
    public bool CurvesAreEcdhe { get; init; }
    public string? SignatureAlgorithms { get; init; }
    public string? ClientSignatureAlgorithms { get; init; }

    /// <summary>As on the wire; empty for none.</summary>
    public byte[] Alpn { get; init; } = [];
    public TlsVerify Verify { get; init; }
    public List<AuthorityFile> Authorities { get; init; } = [];

    /// <summary>Those whose names clients are told.</summary>
    public AuthorityFile? Named { get; init; }
    public AuthorityFile? Revoked { get; init; }
    public TlsErrorSet IgnoredCertificateErrors { get; init; }
    public TlsErrorSet IgnoredAuthorityErrors { get; init; }
    public bool Tickets { get; init; }

    /// <summary>Early data are taken, or sent (allow-0rtt).</summary>
    public bool TakesEarlyData { get; init; }
    public bool PreferClientCiphers { get; init; }
    public bool IsServer { get; init; }

    /// <summary>What fetches ask of its connections.</summary>
    public Configuration.Expressions.TlsUses Uses { get; init; }

    /// <summary>Bytes of a client's greeting that are kept for fetches.</summary>
    public int CaptureBytes { get; init; }

    /// <summary>OpenSSL's demands on keys and ciphers; null for its own choice.</summary>
    public int? SecurityLevel { get; init; }

    /// <summary>How long a session can be resumed, in seconds.</summary>
    public int SessionLifetime { get; init; }

    /// <summary>tune.ssl.default-dh-param, and parameters that a file brings instead, in PEM.</summary>
    public int DhBits { get; init; }
    public byte[]? DhParameters { get; init; }

    /// <summary>The same with another content of a file of authorities or revocations; itself when it does not name that file.</summary>
    public TlsSettings With(AuthorityFile file)
    {
        bool isMeant(AuthorityFile? own) => own is not null && own.Name == file.Name && own.IsRevocations == file.IsRevocations;
        if (!Authorities.Exists(isMeant) && !isMeant(Named) && !isMeant(Revoked))
            return this;
        return this with
        {
            Authorities = Authorities.ConvertAll(a => isMeant(a) ? file : a),
            Named = isMeant(Named) ? file : Named,
            Revoked = isMeant(Revoked) ? file : Revoked,
        };
    }

    /// <summary>Sessions are resumed only where the same is asked of clients: one that showed no certificate is not to get in where one
    /// is required.</summary>
    public byte[] SessionContext(string proxy)
    {
        string text = $"{proxy}|{Verify}|{Revoked?.Name}|{IgnoredCertificateErrors}|{IgnoredAuthorityErrors}";
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(text));
        if (Verify is TlsVerify.Optional or TlsVerify.Required)
            foreach (AuthorityFile file in Authorities)
            foreach (byte[] der in file.Certificates)
                hash.AppendData(der);
        foreach (byte[] der in Revoked?.RevocationLists ?? [])
            hash.AppendData(der);
        return hash.GetHashAndReset();
    }
}
