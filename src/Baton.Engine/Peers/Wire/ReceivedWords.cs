// Words that a peer has sent once and names by a number from then on (the data type server_key).
namespace Baton.Engine.Peers.Wire;

/// <summary>Of one session: a new one begins without any.</summary>
public sealed class ReceivedWords
{
    /// <summary>Numbers go from 1 to this one.</summary>
    public const int Most = 128;

    private readonly string?[] _words = new string?[Most];

    /// <summary>Null when nothing was sent under that number.</summary>
    public string? this[ulong number] => IsNumber(number) ? _words[number - 1] : null;

    public static bool IsNumber(ulong number) => number is >= 1 and <= Most;

    /// <summary>False when that is no number.</summary>
    public bool Keep(ulong number, string word)
    {
        if (!IsNumber(number))
            return false;
        _words[number - 1] = word;
        return true;
    }

    public void Clear() => System.Array.Clear(_words);
}
