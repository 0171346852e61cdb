// A set of HTTP statuses, as "http-err-codes" and "http-fail-codes" give it.
using System;

namespace Baton.Configuration.Model;

public sealed class StatusSet
{
    public const int Least = 100,
        Most = 599;

    private readonly bool[] _has = new bool[Most + 1];

    public StatusSet(int first, int last, params ReadOnlySpan<int> without)
    {
        Set(first, last, true);
        foreach (int status in without)
            _has[status] = false;
    }

    public bool Has(int status) => (uint)status < (uint)_has.Length && _has[status];

    public void Set(int first, int last, bool value) => _has.AsSpan(first..(last + 1)).Fill(value);

    public void Clear() => _has.AsSpan().Clear();
}
