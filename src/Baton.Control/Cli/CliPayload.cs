// What comes behind "<<", as whole lines in blocks of some kilobytes: one block for all of it would be cleared, copied and, when it
// is dropped, collected at once, and every request would wait for that.
using System;
using System.Collections.Generic;
using System.Text;

namespace Baton.Control.Cli;

/// <summary>OWNER: the connection that reads it, then the command that takes its lines.</summary>
public sealed class CliPayload
{
    private const int BlockSize = 16 << 10;

    private readonly List<byte[]> _blocks = [];
    private int _used;

    /// <summary>Where a reader is: before the first line at first.</summary>
    public struct Place
    {
        internal int Block,
            At;
    }

    /// <summary>Bytes of all lines, a line feed for each included.</summary>
    public int Length { get; private set; }

    public void Add(ReadOnlySpan<byte> line)
    {
        int size = line.Length + 1;
        if (_blocks.Count == 0 || _used + size > _blocks[^1].Length)
        {
            if (_blocks.Count > 0)
                _blocks[^1] = _used < _blocks[^1].Length ? _blocks[^1][.._used] : _blocks[^1];
            _blocks.Add(new byte[Math.Max(BlockSize, size)]);
            _used = 0;
        }
        line.CopyTo(_blocks[^1].AsSpan(_used));
        _blocks[^1][_used + line.Length] = (byte)'\n';
        _used += size;
        Length += size;
    }

    /// <summary>The next line, without its line feed. False at the end.</summary>
    public bool Next(ref Place place, out ReadOnlySpan<byte> line)
    {
        line = default;
        if (place.Block < _blocks.Count - 1 && place.At == LengthOf(place.Block))
            place = new Place { Block = place.Block + 1 };
        if (_blocks.Count == 0 || place.At == LengthOf(place.Block))
            return false;
        ReadOnlySpan<byte> rest = _blocks[place.Block].AsSpan(place.At, LengthOf(place.Block) - place.At);
        line = rest[..rest.IndexOf((byte)'\n')];
        place.At += line.Length + 1;
        return true;
    }

    private int LengthOf(int block) => block == _blocks.Count - 1 ? _used : _blocks[block].Length;

    /// <summary>All of it, every line ended by '\n'.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        for (int i = 0; i < _blocks.Count; i++)
            text.Append(Encoding.UTF8.GetString(_blocks[i], 0, LengthOf(i)));
        return text.ToString();
    }

    /// <summary>All of it as it came, for what is no text to us. The caller wipes what is secret.</summary>
    public byte[] ToArray()
    {
        byte[] all = GC.AllocateUninitializedArray<byte>(Length, pinned: true);
        int at = 0;
        for (int i = 0; i < _blocks.Count; i++)
        {
            _blocks[i].AsSpan(0, LengthOf(i)).CopyTo(all.AsSpan(at));
            at += LengthOf(i);
        }
        return all;
    }

    /// <summary>Forgets what may be secret.</summary>
    public void Wipe()
    {
        foreach (byte[] block in _blocks)
            System.Security.Cryptography.CryptographicOperations.ZeroMemory(block);
        _blocks.Clear();
        (_used, Length) = (0, 0);
    }
}
