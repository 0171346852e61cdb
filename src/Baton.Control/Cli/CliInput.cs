// Cuts what a client sends into commands: bytes in, words and payload out. A command ends with a line feed or ';', words
// are separated by white space, a backslash takes the next byte as it is, and "<<" at the end of a line begins a payload
// that lasts until an empty line, or until the line given behind it ("<<END").
using System;
using System.Collections.Generic;
using System.Text;

namespace Baton.Control.Cli;

/// <summary>Takes every input whole or torn alike; never throws on its contents.</summary>
public sealed class CliInput
{
    /// <summary>Bytes of one command, and of one payload.</summary>
    public const int MaxCommand = 65536,
        MaxPayload = 1 << 20;

    /// <summary>COMPAT: longest end pattern of a payload (HAProxy 3.x).</summary>
    private const int MaxPattern = 7;

    /// <summary>Words of one command; what follows is dropped.</summary>
    private const int MaxWords = 64;

    private byte[] _bytes = new byte[1024];
    private int _start,
        _end,
        _scanned;
    private List<string>? _waiting;
    private CliPayload _payload = new();
    private byte[] _pattern = [];

    /// <summary>The command <see cref="Take"/> found, and its payload, null without one.</summary>
    public List<string> Words { get; private set; } = [];
    public CliPayload? Payload { get; private set; }

    /// <summary>Nothing is left, not even the beginning of a command.</summary>
    public bool IsEmpty => _start == _end && _waiting is null;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (_end + bytes.Length > _bytes.Length)
        {
            int kept = _end - _start;
            byte[] target = kept + bytes.Length <= _bytes.Length ? _bytes : new byte[Math.Max(_bytes.Length * 2, kept + bytes.Length)];
            Array.Copy(_bytes, _start, target, 0, kept);
            (_bytes, _scanned, _start, _end) = (target, _scanned - _start, 0, kept);
        }
        bytes.CopyTo(_bytes.AsSpan(_end));
        _end += bytes.Length;
    }

    /// <summary>Takes the next command, or the next line of a payload.</summary>
    public CliInputStatus Take()
    {
        if (_waiting is not null)
            return TakePayloadLine();
        int at = Math.Max(_scanned, _start);
        for (; at < _end; at++)
        {
            byte b = _bytes[at];
            if (b == '\\')
            {
                if (at + 1 == _end)
                    break;
                at++;
                continue;
            }
            if (b is (byte)'\n' or (byte)';')
                return TakeCommand(at);
        }
        _scanned = Math.Min(at, _end);
        return _end - _start > MaxCommand ? CliInputStatus.TooLong : CliInputStatus.Incomplete;
    }

    private CliInputStatus TakeCommand(int end)
    {
        if (end - _start > MaxCommand)
            return CliInputStatus.TooLong;
        List<string> words = Split(_bytes.AsSpan(_start, end - _start));
        bool wholeLine = _bytes[end] == '\n';
        _start = _scanned = end + 1;
        if (wholeLine && words.Count > 0 && IsPayloadMark(words[^1]))
        {
            _pattern = Encoding.UTF8.GetBytes(words[^1][2..]);
            words.RemoveAt(words.Count - 1);
            _waiting = words;
            _payload = new CliPayload();
            return CliInputStatus.Payload;
        }
        (Words, Payload) = (words, null);
        return CliInputStatus.Command;
    }

    internal static bool IsPayloadMark(string word) => word.StartsWith("<<", StringComparison.Ordinal) && word.Length <= 2 + MaxPattern;

    private CliInputStatus TakePayloadLine()
    {
        int length = _bytes.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
        if (length < 0)
            return _end - _start > MaxPayload ? CliInputStatus.TooLong : CliInputStatus.Incomplete;
        Span<byte> line = _bytes.AsSpan(_start, length);
        _start = _scanned = _start + length + 1;
        if (line.Length > 0 && line[^1] == '\r')
            line = line[..^1];
        if (line.SequenceEqual(_pattern))
        {
            (Words, Payload, _waiting) = (_waiting!, _payload, null);
            return CliInputStatus.Command;
        }
        if (_payload.Length + line.Length >= MaxPayload)
            return CliInputStatus.TooLong;
        _payload.Add(line);
        return CliInputStatus.Payload;
    }

    /// <summary>The words of a command.</summary>
    internal static List<string> Split(ReadOnlySpan<byte> text)
    {
        var words = new List<string>();
        byte[] word = new byte[text.Length];
        int length = 0;
        bool inside = false;
        for (int i = 0; i <= text.Length; i++)
        {
            byte b = i < text.Length ? text[i] : (byte)' ';
            if (b == '\\' && i + 1 < text.Length)
            {
                word[length++] = text[++i];
                inside = true;
                continue;
            }
            if (b is not ((byte)' ' or (byte)'\t' or (byte)'\r' or 0))
            {
                word[length++] = b;
                inside = true;
                continue;
            }
            if (inside && words.Count < MaxWords)
                words.Add(Encoding.UTF8.GetString(word, 0, length));
            length = 0;
            inside = false;
        }
        return words;
    }
}
