// How far two words are apart, for "did you mean".
using System;
using System.Collections.Generic;

namespace Baton.Configuration.Catalog;

public static class Spelling
{
    /// <summary>Edits from one word to another: letters added, dropped, changed, or two neighbours swapped. Gives up at
    /// <paramref name="limit"/>.</summary>
    /// <returns>The number of edits, or <paramref name="limit"/> when there are at least as many.</returns>
    public static int Distance(string a, string b, int limit)
    {
        if (Math.Abs(a.Length - b.Length) >= limit || a.Length > 80 || b.Length > 80)
            return limit;
        Span<int> before = stackalloc int[b.Length + 1],
            last = stackalloc int[b.Length + 1],
            row = stackalloc int[b.Length + 1];
        for (int j = 0; j <= b.Length; j++)
            last[j] = j;
        for (int i = 1; i <= a.Length; i++)
        {
            row[0] = i;
            int least = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int cost = a[i - 1] == b[j - 1] ? 0 : 1;
                row[j] = Math.Min(Math.Min(row[j - 1], last[j]) + 1, last[j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    row[j] = Math.Min(row[j], before[j - 2] + 1);
                least = Math.Min(least, row[j]);
            }
            if (least >= limit)
                return limit;
            last.CopyTo(before);
            row.CopyTo(last);
        }
        return Math.Min(last[b.Length], limit);
    }

    /// <summary>Of the words that are known the one that was meant; null when none is near.</summary>
    public static string? Nearest(string word, params IEnumerable<string> known)
    {
        string? best = null;
        int bestDistance = Math.Min(3, 1 + word.Length / 4) + 1;
        foreach (string name in known)
        {
            // of a word of two letters every other one is near
            int distance = name.Length > 2 ? Distance(word, name, bestDistance) : bestDistance;
            // it is right, and what is wrong stands elsewhere
            if (distance == 0)
                return null;
            if (distance < bestDistance)
                (best, bestDistance) = (name, distance);
        }
        return best;
    }

    /// <summary>What is put behind a message about a word that is none of those known: a question, or nothing.</summary>
    public static string Hint(string word, params IEnumerable<string> known) =>
        Nearest(word, known) is { } near ? $"; did you mean '{near}' maybe ?" : "";
}
