// A backend's "cookie" line made ready for traffic.
using System;
using System.Text;
using Baton.Configuration.Model;
using Baton.Core.Text;

namespace Baton.Engine.Proxies;

public sealed class PersistenceCookie
{
    private const string DateAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    /// <summary>Characters of a date in a cookie: 30 bits, six each, counting units of four seconds.</summary>
    public const int DateLength = 5;

    private PersistenceCookie(CookieConfig config)
    {
        Config = config;
        Name = ByteText.GetBytes(config.Name);
        var text = new StringBuilder();
        foreach (string domain in config.Domains)
            text.Append("; domain=").Append(domain);
        if (config.HttpOnly)
            text.Append("; HttpOnly");
        if (config.Secure)
            text.Append("; Secure");
        foreach (string attribute in config.Attributes)
            text.Append("; ").Append(attribute);
        Attributes = ByteText.GetBytes(text.ToString());
    }

    public CookieConfig Config { get; }
    public byte[] Name { get; }

    /// <summary>What follows "; path=/" in a Set-Cookie of ours.</summary>
    public byte[] Attributes { get; }

    /// <summary>Null when the backend has no cookie line. COMPAT: a bare "cookie NAME" still chooses the server.</summary>
    public static PersistenceCookie? Create(ProxyConfig proxy) =>
        proxy.Mode == ProxyMode.Http && proxy.Cookie is { } config ? new PersistenceCookie(config) : null;

    /// <summary>Seconds since 1970 rounded up to four, as <see cref="DateLength"/> characters.</summary>
    public static void WriteDate(long seconds, Span<byte> into)
    {
        long units = (seconds + 3) >> 2;
        for (int i = 0; i < DateLength; i++)
            into[i] = (byte)DateAlphabet[(int)(units >> (24 - 6 * i)) & 63];
    }

    /// <summary>The date at the start of <paramref name="text"/> in seconds since 1970; 0 when there is none.</summary>
    public static long ReadDate(ReadOnlySpan<byte> text)
    {
        if (text.Length < DateLength)
            return 0;
        long units = 0;
        for (int i = 0; i < DateLength; i++)
        {
            int digit = DateAlphabet.IndexOf((char)text[i], StringComparison.Ordinal);
            if (digit < 0)
                return 0;
            units = (units << 6) | (uint)digit;
        }
        return units << 2;
    }
}
