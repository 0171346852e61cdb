// The list of what breaks a rule today (exceptions.txt). It only shrinks: a place that got better has to be taken out of it.
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Xunit;

namespace Baton.Tidy;

/// <summary>Rows of <c>rule  path  count  reason</c>: at most so many findings of a rule in a file, and not fewer either.</summary>
public static class Exceptions
{
    private static readonly Dictionary<(string Rule, string Path), int> Rows = Read(
        Path.Combine(Tree.Top, "tests/Baton.Tidy/exceptions.txt")
    );

    /// <summary>Fails with file:line of everything that is not excused, and with the rows that excuse more than there is.</summary>
    public static void Check(string rule, IEnumerable<Finding> findings)
    {
        Dictionary<string, List<Finding>> byPath = findings.GroupBy(f => f.Path).ToDictionary(g => g.Key, g => g.ToList());
        List<string> complaints = [];
        foreach ((string path, List<Finding> found) in byPath)
        {
            int excused = Rows.GetValueOrDefault((rule, path));
            if (found.Count > excused)
                complaints.AddRange(found.Select(f => f.ToString()));
        }
        foreach (((string owner, string path), int excused) in Rows.Where(r => r.Key.Rule == rule))
        {
            int left = byPath.TryGetValue(path, out List<Finding>? found) ? found.Count : 0;
            if (left < excused)
                complaints.Add($"tests/Baton.Tidy/exceptions.txt: {owner} {path}: {excused} are excused, {left} are left: lower it");
        }
        Assert.True(complaints.Count == 0, $"{rule}: {complaints.Count}\n{string.Join('\n', complaints)}");
    }

    private static Dictionary<(string Rule, string Path), int> Read(string file)
    {
        Dictionary<(string Rule, string Path), int> rows = [];
        foreach (string line in File.ReadLines(file))
        {
            if (line.Length == 0 || line[0] == '#')
                continue;
            string[] words = line.Split(' ', 4, System.StringSplitOptions.RemoveEmptyEntries);
            Assert.True(words.Length == 4, $"exceptions.txt: '{line}' lacks its reason");
            rows.Add((words[0], words[1]), int.Parse(words[2]));
        }
        return rows;
    }
}
