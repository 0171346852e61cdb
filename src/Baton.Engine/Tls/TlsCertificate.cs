// A certificate that connections refer to. Each distinct one is kept once, however many connections showed it.
using System;
using System.Collections.Generic;

namespace Baton.Engine.Tls;

/// <summary>Never changes; any thread. What a fetch wants of it is computed from its DER.</summary>
public sealed class TlsCertificate
{
    private static readonly Dictionary<byte[], WeakReference<TlsCertificate>> s_all = new(Patterns.ByteKeyComparer.Exact);

    private TlsCertificate(byte[] der) => Der = der;

    /// <summary>The certificate in DER.</summary>
    public byte[] Der { get; }

    /// <summary>The one with these bytes; null for none. It goes when the last connection that refers to it has gone.</summary>
    public static TlsCertificate? Intern(ReadOnlySpan<byte> der)
    {
        if (der.IsEmpty)
            return null;
        lock (s_all)
        {
            Dictionary<byte[], WeakReference<TlsCertificate>>.AlternateLookup<ReadOnlySpan<byte>> lookup = s_all.GetAlternateLookup<
                ReadOnlySpan<byte>
            >();
            if (lookup.TryGetValue(der, out WeakReference<TlsCertificate>? known) && known.TryGetTarget(out TlsCertificate? certificate))
                return certificate;
            if (s_all.Count >= s_sweepAt)
                Sweep();
            certificate = new TlsCertificate(der.ToArray());
            s_all[certificate.Der] = new WeakReference<TlsCertificate>(certificate);
            return certificate;
        }
    }

    private static int s_sweepAt = 64;

    private static void Sweep()
    {
        List<byte[]> gone = [];
        foreach ((byte[] der, WeakReference<TlsCertificate> reference) in s_all)
            if (!reference.TryGetTarget(out _))
                gone.Add(der);
        foreach (byte[] der in gone)
            s_all.Remove(der);
        s_sweepAt = Math.Max(64, 2 * s_all.Count);
    }
}
