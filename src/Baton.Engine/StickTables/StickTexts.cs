// The texts that entries of a table hold by number: keys of servers. There are few, and they are never forgotten.
using System;
using System.Collections.Generic;
using System.Text;
using System.Threading;

namespace Baton.Engine.StickTables;

/// <summary>Any thread. Reading takes no lock.</summary>
public sealed class StickTexts
{
    /// <summary>Peers may say what they like: the rest is not kept.</summary>
    private const int Most = 65536;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, uint> _numbers = [];
    private volatile string[] _texts = [""];

    /// <summary>0 for no text, and when there are too many.</summary>
    public uint NumberOf(string text)
    {
        if (text.Length == 0)
            return 0;
        lock (_gate)
        {
            if (_numbers.TryGetValue(text, out uint number))
                return number;
            if (_texts.Length > Most)
                return 0;
            string[] grown = new string[_texts.Length + 1];
            _texts.CopyTo(grown, 0);
            grown[^1] = text;
            _texts = grown;
            return _numbers[text] = (uint)grown.Length - 1;
        }
    }

    public uint NumberOf(ReadOnlySpan<byte> text) => NumberOf(Encoding.UTF8.GetString(text));

    /// <summary>Texts that have numbers, from 1 on.</summary>
    public int Count => _texts.Length - 1;

    public string Of(uint number) => number < _texts.Length ? _texts[number] : "";
}
