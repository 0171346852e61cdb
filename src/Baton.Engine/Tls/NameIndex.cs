// Which certificate of a bind line a client gets for the name it asks for.
using System;
using System.Collections.Generic;
using Baton.Engine.Patterns;

namespace Baton.Engine.Tls;

/// <summary>Never changes; any thread.</summary>
public sealed class NameIndex
{
    private readonly Dictionary<byte[], List<TlsEntry>> _exact = new(ByteKeyComparer.IgnoringCase);
    private readonly Dictionary<byte[], List<TlsEntry>> _starred = new(ByteKeyComparer.IgnoringCase);

    public NameIndex(IReadOnlyList<TlsEntry> entries)
    {
        Entries = entries;
        foreach (TlsEntry entry in entries)
        foreach (byte[] name in entry.Names)
        {
            bool starred = name is [(byte)'*', (byte)'.', ..];
            Dictionary<byte[], List<TlsEntry>> map = starred ? _starred : _exact;
            byte[] key = starred ? name[1..] : name;
            if (!map.TryGetValue(key, out List<TlsEntry>? list))
                map[key] = list = new List<TlsEntry>(1);
            list.Add(entry);
        }
    }

    /// <summary>In their order: the first is for clients that name no known host.</summary>
    public IReadOnlyList<TlsEntry> Entries { get; }

    /// <summary>The certificate for a name, exact before a star in place of the first label; null when none is for it.</summary>
    /// <param name="knowsEcdsa">What the client can verify; a certificate of the other kind is better than none.</param>
    public TlsEntry? Find(ReadOnlySpan<byte> name, bool knowsRsa, bool knowsEcdsa)
    {
        if (name.IsEmpty)
            return null;
        if (Best(_exact, name, name, knowsRsa, knowsEcdsa) is { } exact)
            return exact;
        int point = name.IndexOf((byte)'.');
        return point < 0 ? null : Best(_starred, name[point..], name, knowsRsa, knowsEcdsa);
    }

    private static TlsEntry? Best(
        Dictionary<byte[], List<TlsEntry>> map,
        ReadOnlySpan<byte> key,
        ReadOnlySpan<byte> name,
        bool knowsRsa,
        bool knowsEcdsa
    )
    {
        if (!map.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(key, out List<TlsEntry>? list))
            return null;
        TlsEntry? rsa = null,
            ecdsa = null,
            other = null;
        foreach (TlsEntry entry in list)
        {
            if (entry.Excluded.Count > 0 && entry.Excludes(name))
                continue;
            switch (entry.Bundle.Kind)
            {
                case KeyKind.Rsa:
                    rsa ??= entry;
                    break;
                case KeyKind.Ecdsa:
                    ecdsa ??= entry;
                    break;
                default:
                    other ??= entry;
                    break;
            }
        }
        return knowsEcdsa && ecdsa is not null ? ecdsa
            : knowsRsa && rsa is not null ? rsa
            : other ?? rsa ?? ecdsa;
    }
}
