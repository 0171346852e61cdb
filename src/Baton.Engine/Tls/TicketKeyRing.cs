// The keys that seal TLS session tickets (RFC 5077 §4): a client brings back its session, and no process has to remember it. The same for
// all workers and, through the handover, for the next process.
// SAFETY: keys lie in managed memory that is pinned, and are wiped when they leave the ring.
using System;
using System.Collections.Generic;
using System.Security.Cryptography;
using System.Text;
using System.Threading;

namespace Baton.Engine.Tls;

/// <summary>Any thread: readers take the ring as it is, a change makes another.</summary>
public sealed class TicketKeyRing
{
    /// <summary>Bytes of a key: name, key for the cipher, key for the seal.</summary>
    public const int Short = 48,
        Long = 80;

    /// <summary>COMPAT: as many are kept.</summary>
    public const int Kept = 3;

    private volatile byte[][] _keys;

    /// <summary>The place of the one for new tickets.</summary>
    private volatile int _current;

    private TicketKeyRing(byte[][] keys, int current, string? file)
    {
        _keys = keys;
        _current = current;
        File = file;
    }

    /// <summary>The file the keys came from; null for keys of our own, which are changed from time to time.</summary>
    public string? File { get; }

    /// <summary>A hash of the file.</summary>
    public byte[] Origin { get; private init; } = [];

    /// <summary>An operator has changed them ("set ssl tls-key"); they are not what the file says.</summary>
    public bool IsChanged { get; private set; }

    public IReadOnlyList<byte[]> Keys => _keys;
    public int Current => _current;

    /// <summary>How long a key of our own seals new tickets: what it sealed can be read by whoever gets it.</summary>
    private const long RenewalMs = 12 * 3600_000L;

    private long _since = Environment.TickCount64;

    /// <summary>The one to seal with, another one from time to time when they are our own.</summary>
    public byte[] ForNewTickets()
    {
        long now = Environment.TickCount64,
            since = Interlocked.Read(ref _since);
        if (File is null && now - since > RenewalMs && Interlocked.CompareExchange(ref _since, now, since) == since)
            Renew();
        byte[][] keys = _keys;
        return keys[Math.Min(_current, keys.Length - 1)];
    }

    /// <summary>The one with that name; null when it is not known any more.</summary>
    public byte[]? Find(ReadOnlySpan<byte> name, out bool isCurrent)
    {
        byte[][] keys = _keys;
        int current = _current;
        isCurrent = false;
        for (int i = 0; i < keys.Length; i++)
        {
            if (!keys[i].AsSpan(0, name.Length).SequenceEqual(name))
                continue;
            // a key behind the current one is newer still
            isCurrent = i >= current;
            return keys[i];
        }
        return null;
    }

    private static byte[] Make()
    {
        byte[] key = GC.AllocateUninitializedArray<byte>(Long, pinned: true);
        RandomNumberGenerator.Fill(key);
        return key;
    }

    public static TicketKeyRing Random() => new([Make()], 0, null);

    /// <summary>tls-ticket-keys: a key in base64 on each line, the last but one for new tickets: the newest is known everywhere before it
    /// is used. Null with the reason when the file is wrong.</summary>
    public static TicketKeyRing? Parse(string name, ReadOnlySpan<byte> text, out string error)
    {
        var keys = new List<byte[]>();
        int number = 0;
        foreach (string line in Encoding.ASCII.GetString(text).Split('\n'))
        {
            number++;
            string word = line.Trim();
            if (word.Length == 0)
                continue;
            if (Decode(word) is not { } key || keys.Count > 0 && keys[0].Length != key.Length)
            {
                error = $"'{name}' : unable to decode base64 key on line {number}";
                return null;
            }
            keys.Add(key);
            if (keys.Count > Kept)
                keys.RemoveAt(0);
        }
        error = keys.Count < Kept ? $"'{name}' : please supply at least {Kept} keys in the tls-tickets-file" : "";
        return error.Length > 0 ? null : new TicketKeyRing([.. keys], keys.Count - 2, name) { Origin = SHA256.HashData(text) };
    }

    /// <summary>A key of base64; null when it is none.</summary>
    public static byte[]? Decode(string word)
    {
        byte[] key = GC.AllocateUninitializedArray<byte>(Long, pinned: true);
        if (!Convert.TryFromBase64String(word, key, out int length) || length is not (Short or Long))
            return null;
        return length == Long ? key : key[..Short];
    }

    /// <summary>"set ssl tls-key": the newest; the one that was is used for new tickets from now on, the oldest is forgotten. False when it
    /// is of another length.</summary>
    public bool Add(byte[] key)
    {
        byte[][] keys = _keys;
        if (key.Length != keys[0].Length)
            return false;
        byte[][] next = keys.Length < Kept ? [.. keys, key] : [.. keys[1..], key];
        _keys = next;
        _current = Math.Max(0, next.Length - 2);
        IsChanged = true;
        return true;
    }

    /// <summary>A key of our own takes the place of the current one, which is still understood.</summary>
    public void Renew() => Take([.. _keys.Length < Kept ? _keys : _keys[1..], Make()]);

    /// <summary>A key that another process has; null when it cannot be one.</summary>
    public static byte[]? Copy(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length is not (Short or Long))
            return null;
        byte[] key = GC.AllocateUninitializedArray<byte>(bytes.Length, pinned: true);
        bytes.CopyTo(key);
        return key;
    }

    /// <summary>What an operator made of a file's keys in the process before.</summary>
    public void TakeChanged(byte[][] keys)
    {
        _keys = keys;
        _current = Math.Max(0, keys.Length - 2);
        IsChanged = true;
    }

    /// <summary>The keys of the process before, the last one is the current one.</summary>
    public void Take(byte[][] keys)
    {
        _keys = keys;
        _current = keys.Length - 1;
    }
}
