// The other side of ReceivedWords: numbers for the words that we send.
using System.Collections.Generic;

namespace Baton.Engine.Peers.Wire;

/// <summary>Of one session. When all numbers are taken the one that was given out first is given again.</summary>
public sealed class SentWords
{
    private readonly Dictionary<string, int> _numbers = [];
    private readonly string?[] _words = new string?[ReceivedWords.Most];
    private int _next;

    /// <summary>Its number; <paramref name="isNew"/> when the other side has to be told what it stands for.</summary>
    public int NumberOf(string word, out bool isNew)
    {
        isNew = !_numbers.TryGetValue(word, out int number);
        if (!isNew)
            return number;
        if (_words[_next] is { } old)
            _numbers.Remove(old);
        _words[_next] = word;
        _numbers[word] = number = _next + 1;
        _next = number % ReceivedWords.Most;
        return number;
    }

    /// <summary>The word of a number, for whoever lists them.</summary>
    public string? this[int number] => _words[number - 1];

    public void Clear()
    {
        _numbers.Clear();
        System.Array.Clear(_words);
        _next = 0;
    }
}
