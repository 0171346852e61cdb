// Random neighbours of corpus files: two of them spliced, bytes changed, cut, doubled. From a seed, so that a find comes again.
using System;
using System.IO;
using System.Linq;

namespace Baton.Fuzz;

public sealed class Mutations(string directory, int seed)
{
    private static readonly byte[] s_telling = [.. "\r\n :,0/\t\"'\\$(){}[]%=-!&|#."u8, 0, 0xFF];
    private readonly byte[][] _inputs =
    [
        .. Directory.GetFiles(directory).Order(StringComparer.Ordinal).Select(File.ReadAllBytes).Where(b => b.Length < 300),
    ];
    private readonly Random _random = new(seed);

    public byte[] Next()
    {
        byte[] first = _inputs[_random.Next(_inputs.Length)],
            second = _inputs[_random.Next(_inputs.Length)];
        byte[] input = _random.Next(3) switch
        {
            0 => [.. first.AsSpan(0, _random.Next(first.Length + 1)), .. second.AsSpan(_random.Next(second.Length + 1))],
            1 => [.. first.AsSpan(0, _random.Next(first.Length + 1)), .. first.AsSpan(_random.Next(first.Length + 1))],
            _ => (byte[])first.Clone(),
        };
        for (int n = _random.Next(3); n > 0 && input.Length > 0; n--)
            input[_random.Next(input.Length)] = _random.Next(2) == 0 ? (byte)_random.Next(256) : s_telling[_random.Next(s_telling.Length)];
        return input;
    }
}
