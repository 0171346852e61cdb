// Numbers of verification errors (X509_V_ERR_*), as "crt-ignore-err" and "ca-ignore-err" list them.
using System;

namespace Baton.Configuration.Model;

public readonly record struct TlsErrorSet(ulong Low, ulong High)
{
    /// <summary>The highest number that OpenSSL 3 has.</summary>
    public const int Last = 94;

    public static readonly TlsErrorSet All = new(ulong.MaxValue, ulong.MaxValue);

    public bool Contains(int error) => error is > 0 and < 128 && ((error < 64 ? Low : High) >> (error & 63) & 1) != 0;

    public TlsErrorSet With(int error) =>
        error < 64 ? this with { Low = Low | 1UL << error } : this with { High = High | 1UL << (error & 63) };

    public bool IsEmpty => (Low | High) == 0;
}
