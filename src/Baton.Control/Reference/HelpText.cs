// What "baton help" prints: one keyword or several of the same name, the words under a head such as "option", an overview, or
// the nearest names for a word that does not exist.
using System;
using System.Collections.Generic;
using System.Text;
using Baton.Configuration.Catalog;
using Baton.Control.Reference.Guides;

namespace Baton.Control.Reference;

public static class HelpText
{
    /// <summary>The help for the words of the command line; false when HAProxy has no such word, and the text then says so.</summary>
    public static bool TryFind(List<KnownKeyword> rows, string[] words, out string text)
    {
        string name = string.Join(' ', words);
        List<KnownKeyword> found = Search(rows, name);
        List<KnownKeyword> under = rows.FindAll(row => row.Name.StartsWith(name + " ", StringComparison.Ordinal));
        if (found.Count == 0 && under.Count == 0)
            found = SearchLoosely(rows, name);
        var output = new StringBuilder();
        foreach (KnownKeyword row in found)
            Describe(output.Append(output.Length > 0 ? "\n" : ""), row, rows);
        if (under.Count > 0)
            Under(output.Append(output.Length > 0 ? "\n" : ""), name, under);
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
            found = rows.FindAll(row =>
                row.Family == KeywordFamily.Action
                && bare.EndsWith(" " + row.Name, StringComparison.Ordinal)
                && RuleSetNames.Of(row.RuleSets).Contains(bare[..^(row.Name.Length + 1)])
            );
        return found;
    }

    /// <summary>The last words of a name, so that "httplog" finds "option httplog"; then any case.</summary>
    private static List<KnownKeyword> SearchLoosely(List<KnownKeyword> rows, string name)
    {
        string bare = Bare(name);
        List<KnownKeyword> found = rows.FindAll(row =>
            row.Family is KeywordFamily.Directive or KeywordFamily.Command && row.Name.EndsWith(" " + bare, StringComparison.Ordinal)
        );
        return found.Count > 0 ? found : rows.FindAll(row => row.Name.Equals(bare, StringComparison.OrdinalIgnoreCase));
    }

    private static string Bare(string name)
    {
        if (name.StartsWith('%'))
            name = name[1..];
        int parenthesis = name.IndexOf('(');
        return parenthesis > 0 ? name[..parenthesis] : name;
    }

    private static void Describe(StringBuilder output, KnownKeyword row, List<KnownKeyword> rows)
    {
        string sign = row.Family == KeywordFamily.LogFormatAlias ? "%" : "";
        output.Append(sign).Append(row.Signature).Append('\n');
        output.Append("    ").Append(row.Summary).Append('\n');
        output.Append("    where   ").Append(KeywordReference.Place(row)).Append('\n');
        if (row.Negatable)
            output.Append("    prefix  \"no\" turns it off, \"default\" restores the default\n");
        output.Append("    state   ").Append(KeywordReference.State(row)).Append('\n');
        if (row.Status != KeywordStatus.Built)
            return;
        KeywordGuide? guide = KeywordGuide.Find(row);
        var arguments = new List<(string Word, string Says)>(guide?.Arguments ?? []);
        // what is not built stands at the end, and says so
        List<KnownKeyword> following = KeywordGuide.Following(row, rows);
        foreach (KnownKeyword next in following)
            if (next.Status == KeywordStatus.Built)
                arguments.Add((next.Signature, next.Summary));
        foreach (KnownKeyword next in following)
            if (next.Status != KeywordStatus.Built)
                arguments.Add((next.Signature, $"{next.Summary} ({KeywordReference.Word(next.Status)})"));
        Columns(output, arguments);
        if ((guide?.Example ?? Usage(row)) is { } example)
            output.Append("    example\n        ").Append(example.Replace("\n", "\n        ")).Append('\n');
        if (row.Family == KeywordFamily.Section)
            output.Append("    lines   baton coverage --section ").Append(row.Name).Append('\n');
    }

    /// <summary>Words on the left, what they do on the right; a long word has a line of its own.</summary>
    private static void Columns(StringBuilder output, List<(string Word, string Says)> rows)
    {
        const int widest = 30;
        int width = 0;
        foreach ((string word, _) in rows)
            if (word.Length <= widest)
                width = Math.Max(width, word.Length);
        if (rows.Count > 0)
            output.Append("    arguments\n");
        foreach ((string word, string says) in rows)
        {
            output.Append("        ").Append(word);
            if (word.Length > width)
                output.Append("\n        ").Append(' ', width);
            else
                output.Append(' ', width - word.Length);
            output.Append("  ").Append(says).Append('\n');
        }
    }

    /// <summary>How a word is used whose family is used in one way; null where there is more to say.</summary>
    private static string? Usage(KnownKeyword row) =>
        row.Family switch
        {
            KeywordFamily.SampleFetch => $"http-request set-header X-Value %[{row.Signature}]\nacl name {row.Signature} VALUE",
            KeywordFamily.Converter => $"http-request set-header X-Value %[FETCH,{row.Signature}]",
            KeywordFamily.LogFormatAlias => $"log-format \"%ci %{row.Name}\"",
            KeywordFamily.PredefinedAcl => $"tcp-request content accept if {row.Name}",
            KeywordFamily.Command =>
                $"echo \"{row.Name}{(row.Arguments.Length > 0 ? " " + row.Arguments : "")}\" | socat - /run/baton.sock",
            KeywordFamily.Predicate => $".if {row.Signature}\n...\n.endif",
            _ => null,
        };

    private static void Under(StringBuilder output, string head, List<KnownKeyword> under)
    {
        int width = 0;
        foreach (KnownKeyword row in under)
            width = Math.Max(width, row.Name.Length);
        output.Append(head).Append(" ...\n");
        foreach (KnownKeyword row in under)
            output
                .Append("    ")
                .Append(row.Name.PadRight(width + 2))
                .Append(row.Summary)
                .Append(row.Status == KeywordStatus.Built ? "" : $" ({KeywordReference.Word(row.Status)})")
                .Append('\n');
    }

    private static string Unknown(List<KnownKeyword> rows, string name)
    {
        // a name as a whole before one of which only the first or the last word is near
        var near = new List<(int Distance, bool Partly, string Name)>();
        int limit = Math.Min(3, 1 + name.Length / 4) + 1;
        void Try(string candidate, string compared)
        {
            int distance = Spelling.Distance(name, compared, limit);
            if (distance >= limit)
                return;
            near.RemoveAll(n => n.Name == candidate && n.Distance > distance);
            if (!near.Exists(n => n.Name == candidate))
                near.Add((distance, candidate.Length != compared.Length, candidate));
        }
        foreach (KnownKeyword row in rows)
        {
            Try(row.Name, row.Name);
            int first = row.Name.IndexOf(' '),
                last = row.Name.LastIndexOf(' ');
            if (first < 0)
                continue;
            // "timout" for all of "timeout ...", "htttplog" for "option httplog"
            Try(row.Name[..first], row.Name[..first]);
            Try(row.Name, row.Name[(last + 1)..]);
        }
        near.Sort();
        if (near.Count == 0)
            return $"no keyword '{name}' in the configuration language\n";
        var output = new StringBuilder($"no keyword '{name}' in the configuration language; did you mean ");
        for (int i = 0; i < Math.Min(near.Count, 5); i++)
            output.Append(i == 0 ? "" : ", ").Append('\'').Append(near[i].Name).Append('\'');
        return output.Append("?\n").ToString();
    }

    /// <summary>What "baton help" alone prints.</summary>
    public static string Overview(List<KnownKeyword> rows)
    {
        var output = new StringBuilder();
        output.Append($"Baton knows every word of HAProxy's configuration language up to {KeywordCatalog.Newest}.\n\n");
        output.Append(
            "    baton help WORD...               explains a word: balance, option httplog, http-request return, req.hdr, %ci, show stat\n"
        );
        output.Append("    baton coverage                   counts what is supported\n");
        output.Append("    baton coverage --section peers   lists the words of a section\n");
        output.Append("    baton check FILE                 shows what is wrong in a configuration\n\nSections\n");
        foreach (KnownKeyword row in rows)
            if (row.Family == KeywordFamily.Section)
                output.Append("    ").Append(row.Name.PadRight(14)).Append(row.Summary).Append('\n');
        output.Append("\nOther words\n");
        foreach (KeywordFamily family in Enum.GetValues<KeywordFamily>())
            if (family != KeywordFamily.Section)
                output
                    .Append("    ")
                    .Append(KeywordReference.Title(family).PadRight(26))
                    .Append(rows.FindAll(row => row.Family == family).Count.ToString().PadLeft(5))
                    .Append('\n');
        return output.ToString();
    }
}
