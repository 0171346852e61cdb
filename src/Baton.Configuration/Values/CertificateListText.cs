// The text of a crt-list: "FILE [options] filters" on each line. Read at start, and line by line by "add ssl crt-list".
using System;
using System.Collections.Generic;
using Baton.Configuration.Model;
using Baton.Configuration.Sections;

namespace Baton.Configuration.Values;

public static class CertificateListText
{
    /// <summary>The entries; null when a line is wrong, <paramref name="error"/> says which.</summary>
    public static List<TlsListEntryConfig>? Read(string text, string file, TlsGlobalConfig global, out string error)
    {
        error = "";
        var entries = new List<TlsListEntryConfig>();
        int number = 0;
        foreach (string line in text.Split('\n'))
        {
            number++;
            TlsListEntryConfig? entry = ReadLine(line, number, global, out error);
            if (entry is not null)
                entries.Add(entry);
            else if (error.Length > 0)
            {
                error = $"parsing [{file}:{number}]: {error}";
                return null;
            }
        }
        return entries;
    }

    /// <summary>One line; null when it holds nothing or, with <paramref name="error"/>, nonsense.</summary>
    public static TlsListEntryConfig? ReadLine(string line, int number, TlsGlobalConfig global, out string error)
    {
        error = "";
        int comment = line.IndexOf('#');
        ReadOnlySpan<char> rest = (comment < 0 ? line : line[..comment]).AsSpan().Trim();
        if (rest.IsEmpty)
            return null;
        int end = rest.IndexOfAny(' ', '\t', '[');
        ReadOnlySpan<char> name = end < 0 ? rest : rest[..end];
        rest = end < 0 ? default : rest[end..].TrimStart();
        var entry = new TlsListEntryConfig { File = global.CertificateFile(name.ToString()), Line = number };
        if (!rest.IsEmpty && rest[0] == '[')
        {
            int close = rest.IndexOf(']');
            ReadOnlySpan<char> options = close < 0 ? rest[1..] : rest[1..close];
            rest = close < 0 ? default : rest[(close + 1)..];
            error = Options(entry, options.Trim().ToString(), global);
            if (error.Length > 0)
                return null;
        }
        foreach (string filter in rest.ToString().Split([' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries))
        {
            if (filter.AsSpan().IndexOfAny('[', ']') >= 0)
            {
                error = filter.Contains('[') ? "filters can't be between filename and options" : "too many ']'";
                return null;
            }
            entry.Filters.Add(filter);
        }
        return entry;
    }

    private static string Options(TlsListEntryConfig entry, string text, TlsGlobalConfig global)
    {
        entry.OptionText = text;
        string[] words = text.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        for (int i = 0; i < words.Length; i++)
        {
            if (words[i].Contains('['))
                return "too many '['";
            if (TlsOptionWords.Find(words[i], TlsPlaces.CertificateList) is not { } option)
                return $"unknown ssl keyword {words[i]}";
            string value = "";
            if (option.TakesValue)
            {
                if (i + 1 == words.Length)
                    return $"ssl args out of '[]' for {words[i]}";
                value = words[++i];
            }
            if (option.Parse(entry, global, value) is { } wrong)
                return $"'{option.Name}' : {wrong}";
        }
        return "";
    }
}
