// What differs between two configurations as "show configuration" tells them: section by section, line by line, in the order of
// the lines, because the order of rules is part of what they mean. For "baton reload", "baton diff" and the history of reloads.
using System;
using System.Collections.Generic;
using System.Text;
using Baton.Configuration.Catalog;

namespace Baton.Configuration;

public static class ConfigurationDifference
{
    /// <summary>Above so many changed lines on both sides of a section the order of lines is not looked at any more.</summary>
    private const int MostCompared = 2000;

    private sealed record Section(string Title, List<string> Lines);

    /// <summary>Lines that say what came ("+"), went ("-") or changed ("~"), under the section they are in; empty when nothing
    /// did.</summary>
    public static string Describe(string before, string after)
    {
        List<Section> old = Split(before),
            now = Split(after);
        var text = new StringBuilder();
        foreach (Section section in now)
        {
            int at = old.FindIndex(s => s.Title == section.Title);
            if (at < 0)
            {
                text.Append("+ ").Append(section.Title).Append('\n');
                continue;
            }
            Append(text, section.Title, Changes(old[at].Lines, section.Lines, MostCompared));
            old.RemoveAt(at);
        }
        foreach (Section gone in old)
            text.Append("- ").Append(gone.Title).Append('\n');
        return text.ToString();
    }

    /// <summary>
    /// The same in a few words that anybody may read: sections, and what their lines are about, but not what the lines say. Empty when
    /// nothing changed.
    /// </summary>
    /// <param name="before">As "show configuration" tells it.</param>
    /// <param name="after">The other one.</param>
    /// <param name="most">Changes that are named; of the others it is said how many there are.</param>
    public static string Summarize(string before, string after, int most)
    {
        List<Section> old = Split(before),
            now = Split(after);
        var named = new List<string>();
        int count = 0;
        void Name(string what)
        {
            if (++count <= most && !named.Contains(what))
                named.Add(what);
        }
        foreach (Section section in now)
        {
            int at = old.FindIndex(s => s.Title == section.Title);
            if (at < 0)
            {
                Name($"+ {section.Title}");
                continue;
            }
            foreach ((char sign, string line) in Joined(Changes(old[at].Lines, section.Lines, MostSummarized)))
                Name($"{section.Title}: {sign} {Keyword(line)}");
            old.RemoveAt(at);
        }
        foreach (Section gone in old)
            Name($"- {gone.Title}");
        return string.Join("; ", named) + (count > most ? $"; and {count - most} more" : "");
    }

    /// <summary>Above so many changed lines a summary takes no time to look at their order: it is made in a reload.</summary>
    private const int MostSummarized = 300;

    /// <summary>Without the lines that are the same; what goes and comes back next to each other is one change.</summary>
    private static IEnumerable<(char Sign, string Line)> Joined(List<(char Sign, string Line)> changes)
    {
        for (int i = 0; i < changes.Count; i++)
        {
            (char sign, string line) = changes[i];
            if (sign == ' ')
                continue;
            bool isOne =
                sign == '-' && i + 1 < changes.Count && changes[i + 1].Sign == '+' && Keyword(line) == Keyword(changes[i + 1].Line);
            if (isOne)
                i++;
            yield return (isOne ? '~' : sign, line);
        }
    }

    private static void Append(StringBuilder text, string title, List<(char Sign, string Line)> changes)
    {
        if (!changes.Exists(static c => c.Sign != ' '))
            return;
        text.Append("~ ").Append(title).Append('\n');
        for (int i = 0; i < changes.Count; i++)
        {
            (char sign, string line) = changes[i];
            if (sign == ' ')
                continue;
            // the same setting gone and come back next to each other: one change
            if (sign == '-' && i + 1 < changes.Count && changes[i + 1].Sign == '+' && Keyword(line) == Keyword(changes[i + 1].Line))
                text.Append("    ~ ").Append(line).Append("  ->  ").Append(changes[++i].Line).Append('\n');
            else
                text.Append("    ").Append(sign).Append(' ').Append(line).Append('\n');
        }
    }

    /// <summary>What a line is about: its keyword, of two words where the first alone decides nothing, and the name of a server.</summary>
    private static string Keyword(string line)
    {
        string[] words = line.Split(' ', 3);
        bool two =
            words.Length > 1
            && (KeywordCatalog.IsDirectiveHead((SectionKinds)uint.MaxValue, words[0]) || words[0] is "server" or "acl" or "bind");
        return two ? $"{words[0]} {words[1]}" : words[0];
    }

    private static List<Section> Split(string text)
    {
        var sections = new List<Section>();
        foreach (string line in text.Split('\n'))
        {
            if (line.Length == 0)
                continue;
            if (line[0] != ' ')
            {
                // several "global" or nameless "defaults": each its own, told apart by its number
                int same = sections.FindAll(s => s.Title == line || s.Title.StartsWith(line + " #", StringComparison.Ordinal)).Count;
                sections.Add(new Section(same == 0 ? line : $"{line} #{same + 1}", []));
            }
            else if (sections.Count > 0)
                sections[^1].Lines.Add(line.Trim());
        }
        return sections;
    }

    private static List<(char Sign, string Line)> Changes(List<string> a, List<string> b, int mostCompared)
    {
        int head = 0,
            tail = 0;
        while (head < a.Count && head < b.Count && a[head] == b[head])
            head++;
        while (tail < a.Count - head && tail < b.Count - head && a[^(tail + 1)] == b[^(tail + 1)])
            tail++;
        a = a.GetRange(head, a.Count - head - tail);
        b = b.GetRange(head, b.Count - head - tail);
        return a.Count > mostCompared || b.Count > mostCompared ? WithoutOrder(a, b) : InOrder(a, b);
    }

    private static List<(char Sign, string Line)> WithoutOrder(List<string> a, List<string> b)
    {
        var left = new HashSet<string>(a);
        var kept = new HashSet<string>(b);
        List<(char, string)> changes = a.FindAll(line => !kept.Contains(line)).ConvertAll(static line => ('-', line));
        changes.AddRange(b.FindAll(line => !left.Contains(line)).ConvertAll(static line => ('+', line)));
        return changes;
    }

    /// <summary>By the longest common subsequence; a blank stands where lines are the same, so that what is next to each other is next to
    /// each other.</summary>
    private static List<(char Sign, string Line)> InOrder(List<string> a, List<string> b)
    {
        var common = new int[a.Count + 1, b.Count + 1];
        for (int i = a.Count - 1; i >= 0; i--)
        for (int j = b.Count - 1; j >= 0; j--)
            common[i, j] = a[i] == b[j] ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);
        var changes = new List<(char, string)>();
        int x = 0,
            y = 0;
        while (x < a.Count || y < b.Count)
        {
            if (x < a.Count && y < b.Count && a[x] == b[y])
            {
                changes.Add((' ', a[x]));
                x++;
                y++;
            }
            else if (x < a.Count && (y == b.Count || common[x + 1, y] >= common[x, y + 1]))
                changes.Add(('-', a[x++]));
            else
                changes.Add(('+', b[y++]));
        }
        return changes;
    }
}
