// Every word that HAProxy documents for 2.6 to 3.4, whether Baton implements it or not. The parser comes here only for a
// word that it does not find among those it implements: to accept a hint with a warning, to refuse by name what is not built
// yet, to say what replaces a removed word, and to propose the nearest name for a typing error. "baton help", "baton
// coverage" and docs/keywords.md read it too. Nothing here runs before the first look-up: start-up pays nothing for it.
using System;
using System.Collections.Generic;

namespace Baton.Configuration.Catalog;

public static class KeywordCatalog
{
    /// <summary>The newest HAProxy release whose words are all here.</summary>
    public const string Newest = "3.4";

    /// <summary>The line keyword <paramref name="word"/> of a section; <paramref name="next"/> is the word after it, which "option",
    /// "timeout" and others need.</summary>
    /// <returns>The row, or null when HAProxy has no such line in this section.</returns>
    public static KnownKeyword? FindDirective(SectionKinds section, string word, string next = "")
    {
        KnownKeyword? found = null;
        int length = 0;
        foreach (KnownKeyword[] table in Tables(KeywordFamily.Directive))
        foreach (KnownKeyword row in table)
            if ((row.Sections & section) != 0 && row.Name.Length > length && Matches(row.Name, word, next))
                (found, length) = (row, row.Name.Length);
        return found;
    }

    /// <summary>Whether <paramref name="word"/> begins line keywords of two words in this section, as "option" does.</summary>
    public static bool IsDirectiveHead(SectionKinds section, string word)
    {
        foreach (KnownKeyword[] table in Tables(KeywordFamily.Directive))
        foreach (KnownKeyword row in table)
            if (
                (row.Sections & section) != 0
                && row.Name.Length > word.Length
                && row.Name[word.Length] == ' '
                && row.Name.StartsWith(word, StringComparison.Ordinal)
            )
                return true;
        return false;
    }

    /// <summary>A word of another family, or a line keyword of any section by its full name; null when there is none.</summary>
    public static KnownKeyword? Find(KeywordFamily family, string name)
    {
        foreach (KnownKeyword[] table in Tables(family))
        foreach (KnownKeyword row in table)
            if (row.Family == family && row.Name == name)
                return row;
        return null;
    }

    /// <summary>All sections in which the line keyword is valid; None when no section has it.</summary>
    public static SectionKinds SectionsOf(string word, string next = "")
    {
        var sections = SectionKinds.None;
        foreach (KnownKeyword[] table in Tables(KeywordFamily.Directive))
        foreach (KnownKeyword row in table)
            if (Matches(row.Name, word, next))
                sections |= row.Sections;
        return sections;
    }

    /// <summary>The name nearest to a word that is not known, for "did you mean"; null when nothing is near.</summary>
    public static string? Suggest(KeywordFamily family, string name, SectionKinds section = (SectionKinds)uint.MaxValue)
    {
        string? best = null;
        int bestDistance = Math.Min(3, 1 + name.Length / 4) + 1;
        foreach (KnownKeyword[] table in Tables(family))
        foreach (KnownKeyword row in table)
        {
            if (
                row.Family != family
                || row.Status == KeywordStatus.Obsolete
                || ((row.Sections & section) == 0 && row.Sections != SectionKinds.None)
            )
                continue;
            int distance = Spelling.Distance(name, row.Name, bestDistance);
            if (distance < bestDistance)
                (best, bestDistance) = (row.Name, distance);
        }
        return best;
    }

    /// <summary>Every row, family by family.</summary>
    public static IEnumerable<KnownKeyword> All
    {
        get
        {
            foreach (KeywordFamily family in Enum.GetValues<KeywordFamily>())
            foreach (KnownKeyword[] table in Tables(family))
            foreach (KnownKeyword row in table)
                if (row.Family == family)
                    yield return row;
        }
    }

    private static bool Matches(string name, string word, string next)
    {
        if (!name.StartsWith(word, StringComparison.Ordinal))
            return false;
        if (name.Length == word.Length)
            return true;
        if (name[word.Length] != ' ' || next.Length == 0)
            return false;
        ReadOnlySpan<char> rest = name.AsSpan(word.Length + 1);
        // "capture request header" is decided by its second word, "http-check set-var(name)" has its argument attached
        int space = rest.IndexOf(' ');
        if (space > 0)
            rest = rest[..space];
        int parenthesis = next.IndexOf('(');
        return rest.SequenceEqual(parenthesis > 0 ? next.AsSpan(0, parenthesis) : next);
    }

    private static KnownKeyword[][] Tables(KeywordFamily family) =>
        family switch
        {
            KeywordFamily.Directive =>
            [
                GlobalKeywords.Rows,
                GlobalTuneKeywords.Rows,
                ProxyKeywords.Rows,
                CheckKeywords.Rows,
                RemovedProxyKeywords.Rows,
                OptionKeywords.Rows,
                SectionKeywords.Rows,
            ],
            KeywordFamily.BindOption => [BindKeywords.Rows],
            KeywordFamily.ServerOption => [ServerKeywords.Rows],
            KeywordFamily.CertificateOption => [CertificateKeywords.Rows],
            KeywordFamily.Action => [KnownActions.Rows],
            KeywordFamily.SampleFetch =>
            [
                KnownInternalFetches.Rows,
                KnownConnectionFetches.Rows,
                KnownTlsFetches.Rows,
                KnownStickFetches.Rows,
                KnownHttpFetches.Rows,
                KnownAclDerivatives.Rows,
            ],
            KeywordFamily.Converter => [KnownConverters.Rows, KnownLookupConverters.Rows],
            KeywordFamily.LogFormatAlias => [KnownLogFormatAliases.Rows],
            KeywordFamily.Command => [KnownCommands.Rows],
            KeywordFamily.Section => [KnownSections.Rows],
            KeywordFamily.BalanceAlgorithm => [KnownBalanceAlgorithms.Rows],
            KeywordFamily.Filter or KeywordFamily.Service => [KnownFilters.Rows],
            KeywordFamily.PredefinedAcl => [KnownPredefinedAcls.Rows],
            KeywordFamily.Preprocessor or KeywordFamily.Predicate => [KnownConditions.Rows],
            KeywordFamily.TableData => [KnownTableData.Rows],
            _ => throw new ArgumentOutOfRangeException(nameof(family)),
        };
}
