// Which versions of the protocol a bind or server line lets happen.
using Baton.Configuration.Model;

namespace Baton.Engine.Tls;

internal readonly record struct TlsVersions(TlsVersion Lowest, TlsVersion Highest)
{
    /// <summary>What Debian's OpenSSL has.</summary>
    private const TlsVersion First = TlsVersion.Tls10,
        Last = TlsVersion.Tls13;

    /// <summary>What all levels come to; null when nothing is left.</summary>
    /// <param name="narrow">The line.</param>
    /// <param name="wide">The global section's defaults.</param>
    /// <param name="isBind">COMPAT: bind lines have TLS 1.2 as their lowest unless they say otherwise.</param>
    /// <param name="warning">What of it is surely not meant.</param>
    public static TlsVersions? Of(TlsOptionsConfig narrow, TlsOptionsConfig wide, bool isBind, string who, out string? warning)
    {
        warning = null;
        TlsVersion lowest = narrow.MinVersion != TlsVersion.Unset ? narrow.MinVersion : wide.MinVersion,
            highest = narrow.MaxVersion != TlsVersion.Unset ? narrow.MaxVersion : wide.MaxVersion;
        int forbidden = narrow.ForbiddenVersions | wide.ForbiddenVersions;
        if (forbidden != 0 && (lowest != TlsVersion.Unset || highest != TlsVersion.Unset))
        {
            warning = $"no-sslv3/no-tlsv1x are ignored for {who}. Use only 'ssl-min-ver' and 'ssl-max-ver' to fix.";
            forbidden = 0;
        }
        if (lowest == TlsVersion.Unset && isBind)
        {
            lowest = TlsVersion.Tls12;
            if (highest is not TlsVersion.Unset and < TlsVersion.Tls12)
            {
                lowest = highest;
                warning =
                    $"Ambiguous configuration for {who}: the ssl-min-ver value is not configured and the ssl-max-ver value is lower than the "
                    + $"default ssl-min-ver value (TLSv1.2). Setting the ssl-min-ver to {Word(highest)}. Use 'ssl-min-ver' to fix this.";
            }
        }
        TlsVersion from = TlsVersion.Unset,
            to = TlsVersion.Unset;
        for (TlsVersion v = First; v <= Last; v++)
        {
            bool isOpen = v >= lowest && (highest == TlsVersion.Unset || v <= highest) && (forbidden >> (int)v & 1) == 0;
            if (!isOpen)
                continue;
            if (from == TlsVersion.Unset)
                from = v;
            to = v;
        }
        return from == TlsVersion.Unset ? null : new TlsVersions(from, to);
    }

    private static string Word(TlsVersion v) =>
        v switch
        {
            TlsVersion.Ssl3 => "SSLv3",
            TlsVersion.Tls10 => "TLSv1.0",
            TlsVersion.Tls11 => "TLSv1.1",
            TlsVersion.Tls12 => "TLSv1.2",
            _ => "TLSv1.3",
        };

    /// <summary>The number on the wire.</summary>
    public static int Number(TlsVersion v) => 0x0300 + (int)v - (int)TlsVersion.Ssl3;
}
