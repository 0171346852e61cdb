// What "baton help" prints: one keyword or several of the same name, the words under a head such as "option", an overview, or
// the nearest names for a word that does not exist.
using System;
using System.Collections.Generic;
using System.Text;
using Baton.Configuration.Catalog;

namespace Baton.Control.Reference;

public static class HelpText
{
    /// <summary>The help for the words of the command line; false when HAProxy has no such word, and the text then says so.</summary>
    public static bool TryFind(List<KnownKeyword> rows, string[] words, out string text)
    {
        string name = string.Join(' ', words);
        List<KnownKeyword> found = Search(rows, name);
        List<KnownKeyword> under = rows.FindAll(row => row.Name.StartsWith(name + " ", StringComparison.Ordinal));
        if (found.Count == 0 && under.Count == 0) found = SearchLoosely(rows, name);
        var output = new StringBuilder();
        foreach (KnownKeyword row in found) Describe(output.Append(output.Length > 0 ? "\n" : ""), row);
        if (under.Count > 0) Under(output.Append(output.Length > 0 ? "\n" : ""), name, under);
        text = output.Length > 0 ? output.ToString() : Unknown(rows, name);
        return output.Length > 0;
    }

    /// <summary>The exact name, with "%" for an alias or with arguments in parentheses; or an action after its rule set.</summary>
    private static List<KnownKeyword> Search(List<KnownKeyword> rows, string name)
    {
        bool alias = name.StartsWith('%');
        string bare = Bare(name);
        List<KnownKeyword> found = rows.FindAll(row => row.Name == bare && (!alias || row.Family == KeywordFamily.LogFormatAlias));
        if (found.Count == 0)
            found = rows.FindAll(row => row.Family == KeywordFamily.Action && bare.EndsWith(" " + row.Name, StringComparison.Ordinal)
                && RuleSetNames.Of(row.RuleSets).Contains(bare[..^(row.Name.Length + 1)]));
        return found;
    }

    /// <summary>The last words of a name, so that "httplog" finds "option httplog"; then any case.</summary>
    private static List<KnownKeyword> SearchLoosely(List<KnownKeyword> rows, string name)
    {
        string bare = Bare(name);
        List<KnownKeyword> found = rows.FindAll(row => row.Family is KeywordFamily.Directive or KeywordFamily.Command && row.Name.EndsWith(" " + bare, StringComparison.Ordinal));
        return found.Count > 0 ? found : rows.FindAll(row => row.Name.Equals(bare, StringComparison.OrdinalIgnoreCase));
    }

    private static string Bare(string name)
    {
        if (name.StartsWith('%')) name = name[1..];
        int parenthesis = name.IndexOf('(');
        return parenthesis > 0 ? name[..parenthesis] : name;
    }

    private static void Describe(StringBuilder output, KnownKeyword row)
    {
        string sign = row.Family == KeywordFamily.LogFormatAlias ? "%" : "";
        output.Append(sign).Append(row.Signature).Append('\n');
        output.Append("    ").Append(row.Summary).Append('\n');
        output.Append("    where   ").Append(KeywordReference.Place(row)).Append('\n');
        if (row.Negatable) output.Append("    prefix  \"no\" turns it off, \"default\" restores the default\n");
        output.Append("    state   ").Append(KeywordReference.State(row)).Append('\n');
    }

    private static void Under(StringBuilder output, string head, List<KnownKeyword> under)
    {
        int width = 0;
        foreach (KnownKeyword row in under) width = Math.Max(width, row.Name.Length);
        output.Append(head).Append(" ...\n");
        foreach (KnownKeyword row in under)
            output.Append("    ").Append(row.Name.PadRight(width + 2)).Append(row.Summary).Append(row.Status == KeywordStatus.Built ? "" : $" ({KeywordReference.Word(row.Status)})").Append('\n');
    }

    private static string Unknown(List<KnownKeyword> rows, string name)
    {
        var near = new List<(int Distance, string Name)>();
        int limit = Math.Min(3, 1 + name.Length / 4) + 1;
        foreach (KnownKeyword row in rows)
        {
            // the last word alone too: "htttplog" for "option httplog"
            int distance = Math.Min(Spelling.Distance(name, row.Name, limit), Spelling.Distance(name, row.Name[(row.Name.LastIndexOf(' ') + 1)..], limit));
            if (distance < limit && !near.Exists(n => n.Name == row.Name)) near.Add((distance, row.Name));
        }
        near.Sort();
        if (near.Count == 0) return $"no keyword '{name}' in the configuration language\n";
        var output = new StringBuilder($"no keyword '{name}' in the configuration language; did you mean ");
        for (int i = 0; i < Math.Min(near.Count, 5); i++) output.Append(i == 0 ? "" : ", ").Append('\'').Append(near[i].Name).Append('\'');
        return output.Append("?\n").ToString();
    }

    /// <summary>What "baton help" alone prints.</summary>
    public static string Overview(List<KnownKeyword> rows)
    {
        var output = new StringBuilder();
        output.Append($"Baton knows every word of HAProxy's configuration language up to {KeywordCatalog.Newest}.\n\n");
        output.Append("    baton help WORD...               explains a word: balance, option httplog, http-request return, req.hdr, %ci, show stat\n");
        output.Append("    baton coverage                   counts what is supported\n");
        output.Append("    baton coverage --section peers   lists the words of a section\n");
        output.Append("    baton check FILE                 shows what is wrong in a configuration\n\nSections\n");
        foreach (KnownKeyword row in rows)
            if (row.Family == KeywordFamily.Section) output.Append("    ").Append(row.Name.PadRight(14)).Append(row.Summary).Append('\n');
        output.Append("\nOther words\n");
        foreach (KeywordFamily family in Enum.GetValues<KeywordFamily>())
            if (family != KeywordFamily.Section)
                output.Append("    ").Append(KeywordReference.Title(family).PadRight(26)).Append(rows.FindAll(row => row.Family == family).Count.ToString().PadLeft(5)).Append('\n');
        return output.ToString();
    }
}
