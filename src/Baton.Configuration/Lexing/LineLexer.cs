// Splits a line into words (manual, chapter 2.2 "Quoting and escaping" and 2.3 "Environment variables"): weak and strong
// quotes, backslash escapes, comments, and variables, which are expanded within weak quotes only.
using System;
using System.Collections.Generic;
using System.Text;
using Baton.Core.Text;

namespace Baton.Configuration.Lexing;

public sealed class LineLexer(Func<string, string?> environment)
{
    private const string UnmatchedBrace = "unmatched brace in environment variable name";

    private readonly List<Word> _words = [];
    private readonly StringBuilder _text = new();

    /// <summary>The word that is read holds a "${NAME[*]}" of nothing.</summary>
    private bool _vanished;

    /// <summary>The words of <paramref name="line"/>; valid until the next call. False with <paramref name="error"/> set when it is
    /// malformed.</summary>
    public bool Split(string line, out List<Word> words, out LexError error)
    {
        _words.Clear();
        words = _words;
        error = default;
        int at = 0;
        while (true)
        {
            while (at < line.Length && line[at] is ' ' or '\t' or '\r' or '\n')
                at++;
            if (at >= line.Length || line[at] == '#')
                return true;
            if (!ReadWord(line, ref at, out error))
                return false;
        }
    }

    private bool ReadWord(string line, ref int at, out LexError error)
    {
        error = default;
        int start = at,
            plainStart = at;
        // most words are plain: no quotes, no escapes
        while (at < line.Length && line[at] is not (' ' or '\t' or '\r' or '\n' or '"' or '\'' or '\\' or '#'))
            at++;
        if (at >= line.Length || line[at] is ' ' or '\t' or '\r' or '\n' or '#')
        {
            _words.Add(new Word(line[plainStart..at], start, false));
            return true;
        }
        _text.Clear().Append(line, plainStart, at - plainStart);
        _vanished = false;
        bool quoted = false;
        int weak = -1,
            strong = -1;
        for (; at < line.Length; at++)
        {
            char c = line[at];
            if (strong >= 0)
            {
                if (c == '\'')
                    strong = -1;
                else
                    _text.Append(c);
                continue;
            }
            if (c == '\'' && weak < 0)
            {
                strong = at;
                quoted = true;
                continue;
            }
            if (c == '"')
            {
                weak = weak >= 0 ? -1 : at;
                quoted = true;
                continue;
            }
            if (weak < 0 && c is ' ' or '\t' or '\r' or '\n' or '#' && weak < 0)
                break;
            if (c == '\\')
            {
                if (!Escape(line, ref at, weak >= 0, out error))
                    return false;
                continue;
            }
            if (c == '$' && weak >= 0)
            {
                if (!Variable(line, ref at, start, out error))
                    return false;
                continue;
            }
            _text.Append(c);
        }
        if (weak >= 0 || strong >= 0)
        {
            error = new LexError("unmatched quote", Math.Max(weak, strong));
            return false;
        }
        // words of a variable that has none are no word
        if (_text.Length > 0 || !_vanished)
            _words.Add(new Word(_text.ToString(), start, quoted));
        return true;
    }

    /// <summary>COMPAT: a backslash before a character without meaning stays.</summary>
    private bool Escape(string line, ref int at, bool weak, out LexError error)
    {
        error = default;
        char next = at + 1 < line.Length ? line[at + 1] : '\0';
        switch (next)
        {
            case ' ' or '#' or '"' or '\'' or '\\':
                _text.Append(next);
                at++;
                return true;
            case '$' when weak:
                _text.Append('$');
                at++;
                return true;
            case 'r':
                _text.Append('\r');
                at++;
                return true;
            case 'n':
                _text.Append('\n');
                at++;
                return true;
            case 't':
                _text.Append('\t');
                at++;
                return true;
            case 'x' when at + 3 < line.Length && line.AsSpan(at + 2, 2) is "00":
                error = new LexError("a NUL cannot be part of a word", at);
                return false;
            case 'x' when at + 3 < line.Length && Uri.IsHexDigit(line[at + 2]) && Uri.IsHexDigit(line[at + 3]):
                _text.Append(ByteText.Raw(Convert.ToByte(line.Substring(at + 2, 2), 16)));
                at += 3;
                return true;
            case 'x':
                error = new LexError("truncated or invalid hexadecimal sequence", at);
                return false;
            default:
                _text.Append('\\');
                return true;
        }
    }

    /// <summary>$NAME, ${NAME}, ${NAME-default}, and ${NAME[*]}, which makes one word of each of its words.</summary>
    private bool Variable(string line, ref int at, int wordStart, out LexError error)
    {
        error = default;
        int begin = at;
        bool braces = at + 1 < line.Length && line[at + 1] == '{';
        int name = at + (braces ? 2 : 1),
            end = name;
        if (name >= line.Length || !(char.IsAsciiLetter(line[name]) || line[name] is '_' or '.'))
        {
            error = new LexError("forbidden first char in environment variable name", name);
            return false;
        }
        // the dot of ".LINE" and the like comes first, and nowhere else
        end++;
        while (end < line.Length && (char.IsAsciiLetterOrDigit(line[end]) || line[end] == '_'))
            end++;
        string key = line[name..end];
        bool spread = false;
        string? fallback = null;
        if (braces)
        {
            if (end + 2 < line.Length && line.AsSpan(end, 3).SequenceEqual("[*]"))
            {
                spread = true;
                end += 3;
            }
            if (end < line.Length && line[end] == '-')
            {
                int close = line.IndexOf('}', end);
                if (close < 0)
                {
                    error = new LexError(UnmatchedBrace, begin + 1);
                    return false;
                }
                fallback = line[(end + 1)..close];
                end = close;
            }
            if (end < line.Length && line[end] == '[')
            {
                error = new LexError("truncated or invalid word expansion sequence", end);
                return false;
            }
            if (end >= line.Length || line[end] != '}')
            {
                error = new LexError(UnmatchedBrace, begin + 1);
                return false;
            }
        }
        else
            end--;
        at = end;
        string value = environment(key) ?? fallback ?? "";
        if (!spread)
        {
            _text.Append(value);
            return true;
        }
        string[] parts = value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        _vanished |= parts.Length == 0;
        for (int i = 0; i < parts.Length; i++)
        {
            _text.Append(parts[i]);
            if (i == parts.Length - 1)
                break;
            _words.Add(new Word(_text.ToString(), wordStart, true));
            _text.Clear();
        }
        return true;
    }
}
