// Certificates that were made while the process runs (generate-certificates), the last ones that were asked for
// (tune.ssl.ssl-ctx-cache-size). They are not kept over a reload: the next process makes its own.
using System;
using System.Collections.Generic;
using System.Threading;

namespace Baton.Engine.Tls;

/// <summary>One for all bind lines and workers.</summary>
public sealed class IssuedCertificates(int capacity)
{
    /// <summary>One that has been used so long is made anew: it is good for a year.</summary>
    private const long LongestUseMs = 30L * 24 * 60 * 60 * 1000;

    internal sealed record Issued(SigningAuthority Authority, byte[] Host, CertificateBundle Like, TlsEntry Entry, long MadeMs);

    private readonly Lock _lock = new();

    /// <summary>The last one asked for first.</summary>
    private readonly LinkedList<Issued> _all = [];

    /// <summary>How many there are.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _all.Count;
        }
    }

    /// <summary>The certificate for a host, made now if it is not there; null when it cannot be made.</summary>
    /// <param name="like">The certificate whose key it has.</param>
    public TlsEntry? Find(ReadOnlySpan<byte> host, SigningAuthority authority, CertificateBundle like)
    {
        lock (_lock)
            if (authority.Made.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(host, out LinkedListNode<Issued>? known))
            {
                if (known.Value.Like == like && Environment.TickCount64 - known.Value.MadeMs < LongestUseMs)
                {
                    _all.Remove(known);
                    _all.AddFirst(known);
                    return known.Value.Entry;
                }
                Drop(known);
            }
        // nobody waits while one is made: two who ask at the same time make two
        if (authority.Issue(host, like) is not { } made)
            return null;
        var issued = new Issued(authority, host.ToArray(), like, new TlsEntry(made, null), Environment.TickCount64);
        if (capacity > 0)
            Keep(issued);
        return issued.Entry;
    }

    private void Keep(Issued issued)
    {
        lock (_lock)
        {
            if (issued.Authority.Made.TryGetValue(issued.Host, out LinkedListNode<Issued>? other))
                Drop(other);
            issued.Authority.Made[issued.Host] = _all.AddFirst(issued);
            while (_all.Count > capacity)
                Drop(_all.Last!);
        }
    }

    private void Drop(LinkedListNode<Issued> one)
    {
        _all.Remove(one);
        one.Value.Authority.Made.Remove(one.Value.Host);
    }
}
