// What is sent to clients that ask whether a certificate is revoked. Certificates with the same authority and number have the same one.
using System;

namespace Baton.Engine.Tls;

/// <summary>Any thread: a response is replaced whole.</summary>
public sealed class OcspStaple
{
    private volatile OcspResponse? _response;

    public OcspStaple(byte[] id, OcspResponse? response) => (Id, _response) = (id, response);

    /// <summary>The CertID in DER, with SHA-1.</summary>
    public byte[] Id { get; }

    /// <summary>Its name for the runtime API.</summary>
    public string Key => Convert.ToHexStringLower(Id);

    public OcspResponse? Response => _response;

    /// <summary>An operator has put the response here, or one was fetched.</summary>
    public bool IsChanged { get; private set; }

    /// <summary>What clients are sent from now on.</summary>
    public void Put(OcspResponse response, bool isChanged = true)
    {
        _response = response;
        IsChanged = isChanged;
    }

    /// <summary>What clients are sent now; null when there is nothing, or it is out of date.</summary>
    public byte[]? Current => _response is { } r && r.ExpiresAt > DateTimeOffset.UtcNow.ToUnixTimeSeconds() ? r.Der : null;
}
