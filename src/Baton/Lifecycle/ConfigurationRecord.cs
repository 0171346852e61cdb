// The configuration as the process understood it, kept as bytes for "show configuration": files change, this is what runs.
using System;
using System.Buffers;
using System.Collections.Generic;
using System.Text;
using Baton.Configuration.Catalog;
using Baton.Configuration.Lexing;
using Baton.Configuration.Model;

namespace Baton.Lifecycle;

internal sealed class ConfigurationRecord
{
    private const int UsualBytes = 4096;
    private readonly ArrayBufferWriter<byte> _text = new(UsualBytes);

    public ReadOnlyMemory<byte> Text => _text.WrittenMemory;

    /// <summary>A line without comments, its variables replaced; sections at the margin, their lines behind four blanks.</summary>
    public void Add(SourcePosition at, IReadOnlyList<Word> words)
    {
        if (SectionNames.Find(words[0].Text) == SectionKinds.None)
            _text.Write("    "u8);
        for (int i = 0; i < words.Count; i++)
        {
            if (i > 0)
                _text.Write(" "u8);
            _text.Write(Encoding.UTF8.GetBytes(Written(words[i].Text)));
        }
        _text.Write("\n"u8);
    }

    /// <summary>As it could stand in a file: in quotes where it would not be one word otherwise.</summary>
    private static string Written(string word)
    {
        if (word.Length > 0 && word.AsSpan().IndexOfAny(" \t\"'#\\") < 0 && !word.Contains('$'))
            return word;
        return "'" + word.Replace("'", "'\\''") + "'";
    }
}
