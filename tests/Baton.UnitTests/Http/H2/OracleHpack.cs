// HPACK as slowly and as plainly as RFC 7541 tells it, with lists and text: what fuzzing holds the decoder beside.
using System;
using System.Collections.Generic;
using System.Text;
using Baton.Http.H2.Hpack;

namespace Baton.UnitTests.Http.H2;

/// <summary>A decoder that knows its static table by asking the fast one for each entry, and everything else by itself.</summary>
internal sealed class OracleHpack
{
    private static readonly List<(string Name, string Value)> s_static = ReadStatic();
    private readonly List<(string Name, string Value)> _table = [];
    private byte[] _block = [];
    private int _at;

    public int Limit { get; set; } = 4096;
    public bool IsResizeDue { get; set; }
    public int MaxSize { get; private set; } = 4096;
    public int Count => _table.Count;

    public int Size
    {
        get
        {
            int size = 0;
            foreach ((string name, string value) in _table)
                size += name.Length + value.Length + 32;
            return size;
        }
    }

    private sealed class BadBlock : Exception;

    private static List<(string, string)> ReadStatic()
    {
        var entries = new List<(string, string)>();
        for (byte i = 1; i <= 61; i++)
        {
            var decoder = new HpackDecoder();
            string[] field = FieldList.Decode(ref decoder, [(byte)(0x80 | i)])!.Split(": ", 2);
            entries.Add((field[0], field[1]));
        }
        return entries;
    }

    /// <summary>As <see cref="FieldList.Decode"/>.</summary>
    public string? Decode(byte[] block)
    {
        (_block, _at) = (block, 0);
        var fields = new List<string>();
        bool isStart = true;
        try
        {
            while (_at < block.Length)
            {
                byte b = block[_at];
                if (b is >= 0x20 and < 0x40)
                {
                    int size = Integer(5);
                    if (!isStart || size > Limit)
                        return null;
                    (MaxSize, IsResizeDue) = (size, false);
                    Evict();
                    continue;
                }
                isStart = false;
                if (IsResizeDue)
                    return null;
                fields.Add(b >= 0x80 ? Indexed() : Literal(b));
            }
        }
        catch (BadBlock)
        {
            return null;
        }
        return string.Join('\n', fields);
    }

    private string Indexed()
    {
        (string name, string value) = Entry(Integer(7));
        return $"{name}: {value}";
    }

    private string Literal(byte first)
    {
        bool isInserted = first >= 0x40;
        int index = Integer(isInserted ? 6 : 4);
        string name = index > 0 ? Entry(index).Name : Text(),
            value = Text();
        if (isInserted)
        {
            _table.Insert(0, (name, value));
            Evict();
        }
        return $"{(first is >= 0x10 and < 0x20 ? "!" : "")}{name}: {value}";
    }

    private void Evict()
    {
        while (Size > MaxSize)
            _table.RemoveAt(_table.Count - 1);
    }

    private (string Name, string Value) Entry(int index) =>
        index == 0 ? throw new BadBlock()
        : index <= 61 ? s_static[index - 1]
        : index - 62 < _table.Count ? _table[index - 62]
        : throw new BadBlock();

    private byte Byte() => _at < _block.Length ? _block[_at++] : throw new BadBlock();

    private int Integer(int bits)
    {
        int prefix = (1 << bits) - 1;
        long value = Byte() & prefix;
        if (value < prefix)
            return (int)value;
        for (int i = 0; i < 4; i++)
        {
            byte b = Byte();
            value += (long)(b & 127) << (7 * i);
            if (b < 128)
                return (int)value;
        }
        throw new BadBlock();
    }

    private string Text()
    {
        bool isCoded = _at < _block.Length && _block[_at] >= 0x80;
        int length = Integer(7);
        if (length > _block.Length - _at)
            throw new BadBlock();
        byte[] bytes = _block[_at..(_at + length)];
        _at += length;
        return isCoded ? Decoded(bytes) : Encoding.Latin1.GetString(bytes);
    }

    /// <summary>By what each octet is encoded to: a walk over bits, as text.</summary>
    private static string Decoded(byte[] bytes)
    {
        var text = new StringBuilder();
        string code = "";
        foreach (byte b in bytes)
        {
            for (int bit = 7; bit >= 0; bit--)
            {
                code += (b >> bit & 1) == 1 ? '1' : '0';
                if (code.Length < 5 || !s_codes.TryGetValue(code, out char c))
                    continue;
                text.Append(c);
                code = "";
            }
            if (code.Length >= 30)
                throw new BadBlock();
        }
        return code.Length < 8 && !code.Contains('0') ? text.ToString() : throw new BadBlock();
    }

    private static readonly Dictionary<string, char> s_codes = ReadCodes();

    /// <summary>Two of the same octet tell where the code of one ends.</summary>
    private static Dictionary<string, char> ReadCodes()
    {
        var codes = new Dictionary<string, char>();
        for (int octet = 0; octet < 256; octet++)
        {
            byte[] eight = new byte[8],
                encoded = new byte[40];
            eight.AsSpan().Fill((byte)octet);
            // eight codes are as many octets as one code has bits
            int bits = Huffman.Encode(eight, encoded);
            var code = new StringBuilder();
            for (int i = 0; i < bits; i++)
                code.Append((encoded[i / 8] >> (7 - i % 8) & 1) == 1 ? '1' : '0');
            codes.Add(code.ToString(), (char)octet);
        }
        return codes;
    }
}
