// Where a certificate says that its authority answers for it: the first OCSP address among its authority information (RFC 5280 §4.2.2.1).
using System;
using System.Globalization;
using System.Text;

namespace Baton.Http.Certificates;

/// <param name="Host">A name or an address, without the brackets of IPv6.</param>
/// <param name="Path">With its slash in front, and none behind.</param>
public sealed record ResponderAddress(string Host, int Port, string Path)
{
    /// <summary>id-pe-authorityInfoAccess, 1.3.6.1.5.5.7.1.1, and id-ad-ocsp, 1.3.6.1.5.5.7.48.1.</summary>
    private static ReadOnlySpan<byte> Information => [0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x01, 0x01];
    private static ReadOnlySpan<byte> Ocsp => [0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01];
    private const byte Uri = 0x86;

    /// <summary>As the Host field of a request has it.</summary>
    public string Authority
    {
        get
        {
            string host = Host.Contains(':') ? $"[{Host}]" : Host;
            return Port == 80 ? host : string.Create(CultureInfo.InvariantCulture, $"{host}:{Port}");
        }
    }

    /// <summary>Null when a certificate names none that is asked by HTTP.</summary>
    public static ResponderAddress? Of(in CertificateView certificate)
    {
        var extension = new DerReader(certificate.Extension(Information));
        if (!extension.TryRead(DerReader.Sequence, out ReadOnlySpan<byte> content))
            return null;
        var all = new DerReader(content);
        while (all.TryRead(DerReader.Sequence, out ReadOnlySpan<byte> one))
        {
            var r = new DerReader(one);
            if (!r.TryRead(DerReader.ObjectIdentifier, out ReadOnlySpan<byte> method) || !method.SequenceEqual(Ocsp))
                continue;
            if (r.TryRead(Uri, out ReadOnlySpan<byte> uri))
                return Parse(Encoding.Latin1.GetString(uri));
        }
        return null;
    }

    /// <summary>"http://host[:port][/path]"; null for what is none.</summary>
    public static ResponderAddress? Parse(string uri)
    {
        const string scheme = "http://";
        if (!uri.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) || uri.AsSpan().IndexOfAnyExceptInRange('!', '~') >= 0)
            return null;
        string rest = uri[scheme.Length..];
        int slash = rest.IndexOf('/');
        string authority = slash < 0 ? rest : rest[..slash],
            path = slash < 0 ? "" : rest[slash..].TrimEnd('/');
        int colon = authority.LastIndexOf(':');
        string host = authority;
        int port = 80;
        if (colon >= 0 && !authority.EndsWith(']'))
        {
            host = authority[..colon];
            if (
                !int.TryParse(authority.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port)
                || port is < 1 or > 65535
            )
                return null;
        }
        host = host.Trim('[', ']');
        return host.Length == 0 || host.AsSpan().IndexOfAny("@?#/") >= 0 ? null : new ResponderAddress(host, port, path);
    }
}
