// What one look at a process brought: the answers of the runtime API, of Baton or of HAProxy, read into tables.
using System;
using System.Collections.Generic;
using System.Globalization;

namespace Baton.Control.Top;

public sealed class TopSample
{
    /// <summary>When it was taken, on a clock that only goes forward.</summary>
    public long AtMs { get; init; }

    /// <summary>"show info".</summary>
    public required Dictionary<string, string> Information { get; init; }

    /// <summary>"show stat".</summary>
    public required CsvTable Statistics { get; init; }

    /// <summary>"show sess": what stands before "=" and behind it, with "id" for the first word. Empty when nobody
    /// looks at streams.</summary>
    public List<Dictionary<string, string>> Streams { get; init; } = [];

    /// <summary>"show reloads"; null from a program that does not tell.</summary>
    public CsvTable? Reloads { get; init; }

    /// <summary>"show proc" of a master: words of its lines; null without a master.</summary>
    public List<string[]>? Processes { get; init; }

    public double Number(string field) =>
        double.TryParse(Information.GetValueOrDefault(field), NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
            ? value
            : 0;

    /// <summary>"Name: value" lines.</summary>
    public static Dictionary<string, string> ReadInformation(string answer)
    {
        var table = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string line in answer.Split('\n'))
        {
            int at = line.IndexOf(": ", StringComparison.Ordinal);
            if (at > 0)
                table[line[..at]] = line[(at + 2)..].TrimEnd();
        }
        return table;
    }

    public static List<Dictionary<string, string>> ReadStreams(string answer)
    {
        var streams = new List<Dictionary<string, string>>();
        foreach (string line in answer.Split('\n'))
        {
            if (!line.StartsWith("0x", StringComparison.Ordinal))
                continue;
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var stream = new Dictionary<string, string>(StringComparer.Ordinal) { ["id"] = words[0].TrimEnd(':') };
            foreach (string word in words.AsSpan(1))
            {
                int at = word.IndexOf('=', StringComparison.Ordinal);
                if (at > 0 && !word.AsSpan(0, at).Contains('['))
                    stream.TryAdd(word[..at], word[(at + 1)..]);
            }
            // whoever looks is a stream too
            if (stream.GetValueOrDefault("fe") != "GLOBAL")
                streams.Add(stream);
        }
        return streams;
    }

    /// <summary>Null when the answer is not that of a master.</summary>
    public static List<string[]>? ReadProcesses(string answer)
    {
        if (!answer.StartsWith("#<PID>", StringComparison.Ordinal))
            return null;
        var processes = new List<string[]>();
        bool old = false;
        foreach (string line in answer.Split('\n'))
        {
            // "[failed: 0]" stands between two columns
            int bracket = line.IndexOf('[', StringComparison.Ordinal),
                behind = line.IndexOf(']', StringComparison.Ordinal);
            string[] words = (bracket >= 0 && behind > bracket ? line.Remove(bracket, behind - bracket + 1) : line).Split(
                ' ',
                StringSplitOptions.RemoveEmptyEntries
            );
            if (line.StartsWith("# old", StringComparison.Ordinal))
                old = true;
            else if (words.Length >= 4 && char.IsAsciiDigit(words[0][0]))
                processes.Add([words[0], old ? "old " + words[1] : words[1], .. words.AsSpan(2).ToArray()]);
        }
        return processes;
    }
}
