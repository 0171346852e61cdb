// How a session between two peers begins: the one that connected says in three lines what it speaks, whom it means and who it is; the other
// answers with a number in a line.
using System;
using System.Globalization;
using System.Text;

namespace Baton.Engine.Peers.Wire;

/// <summary>The three lines.</summary>
public readonly struct PeerHello
{
    /// <summary>A hello that has not ended here is none.</summary>
    public const int MaxLength = 16384;

    private const string Protocol = "HAProxyS";
    private const int Major = 2,
        Minor = 1;
    private const int Lines = 3;

    /// <summary>The numbers of the answer.</summary>
    public const int Succeeded = 200,
        TryAgainLater = 300,
        ProtocolError = 501,
        BadVersion = 502,
        LocalMismatch = 503,
        RemoteMismatch = 504;

    /// <summary>Whom it is for.</summary>
    public required string To { get; init; }

    /// <summary>Who says it.</summary>
    public required string From { get; init; }

    /// <summary>0 when whole, more is expected with -1, else the number to answer with.</summary>
    /// <param name="input">What came.</param>
    /// <param name="hello">What it says, when the result is 0.</param>
    /// <param name="length">Its bytes.</param>
    public static int Read(ReadOnlySpan<byte> input, out PeerHello hello, out int length)
    {
        hello = default;
        length = 0;
        Span<Range> lines = stackalloc Range[Lines];
        for (int i = 0; i < Lines; i++)
        {
            int end = input[length..].IndexOf((byte)'\n');
            if (end < 0)
                return input.Length >= MaxLength ? ProtocolError
                    : i == 0 && !MayBeProtocol(input) ? ProtocolError
                    : -1;
            // COMPAT: a line may end with CR LF
            int stop = end > 0 && input[length + end - 1] == '\r' ? end - 1 : end;
            lines[i] = new Range(length, length + stop);
            length += end + 1;
            if (i == 0 && Judge(Text(input[lines[0]])) is var fault and not 0)
                return fault;
        }
        string[] last = Text(input[lines[2]]).Split(' ');
        hello = new PeerHello { To = Text(input[lines[1]]), From = last[0] };
        // the number of the process comes behind the name
        return last.Length < 2 ? ProtocolError : 0;
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);

    private static bool MayBeProtocol(ReadOnlySpan<byte> input)
    {
        int most = Math.Min(input.Length, Protocol.Length);
        for (int i = 0; i < most; i++)
            if (input[i] != Protocol[i])
                return false;
        return true;
    }

    private static int Judge(string line)
    {
        string[] words = line.Split(' ');
        if (words.Length != 2 || words[0] != Protocol)
            return ProtocolError;
        string[] parts = words[1].Split('.');
        return
            parts.Length == 2
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int major)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int minor)
            && major == Major
            && minor <= Minor
            ? 0
            : BadVersion;
    }

    /// <summary>What a process says.</summary>
    public static byte[] Write(string to, string from, int process) =>
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Protocol} {Major}.{Minor}\n{to}\n{from} {process} 1\n"));

    /// <summary>The number of an answer: 0 while more has to come, -1 when it is none.</summary>
    public static int ReadAnswer(ReadOnlySpan<byte> input, out int length)
    {
        const int longest = 16;
        length = 0;
        int end = input.IndexOf((byte)'\n');
        if (end < 0)
            return input.Length > longest ? -1 : 0;
        length = end + 1;
        ReadOnlySpan<byte> digits = end > 0 && input[end - 1] == '\r' ? input[..(end - 1)] : input[..end];
        if (digits.Length != 3)
            return -1;
        int number = 0;
        foreach (byte b in digits)
        {
            if (b is < (byte)'0' or > (byte)'9')
                return -1;
            number = number * 10 + b - '0';
        }
        return number > 0 ? number : -1;
    }
}
