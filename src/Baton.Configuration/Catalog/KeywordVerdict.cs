// What the parser says about a word that nothing implements. The one place for these sentences, so that every section, bind
// option, fetch and action speaks alike: hints are warnings, the rest are errors that name what to do.
using System;

namespace Baton.Configuration.Catalog;

/// <summary>A judgement on one word: a warning that lets the parser skip the line or option, or an error.</summary>
public readonly record struct KeywordVerdict(bool IsError, string Message)
{
    private const SectionKinds Everywhere = (SectionKinds)uint.MaxValue;

    /// <summary>For a line keyword that the section's own table does not have; <paramref name="sectionWord"/> is the section as the user
    /// wrote it.</summary>
    public static KeywordVerdict OfDirective(SectionKinds section, string sectionWord, string word, string next = "")
    {
        if (KeywordCatalog.FindDirective(section, word, next) is { } row)
            return OfKnown(row, row.Name);
        string written = KeywordCatalog.IsDirectiveHead(Everywhere, word) && next.Length > 0 ? $"{word} {next}" : word;
        SectionKinds elsewhere = KeywordCatalog.SectionsOf(word, next);
        if (elsewhere != SectionKinds.None)
            return new(true, $"'{written}' is not allowed in a '{sectionWord}' section; it belongs to {SectionNames.Describe(elsewhere)}");
        // a line of this section; else its first word alone ("optoin httplog"), or one that opens a section
        string? near = KeywordCatalog.Suggest(KeywordFamily.Directive, written, section)
            ?? (next.Length > 0 ? KeywordCatalog.Suggest(KeywordFamily.Directive, $"{word} {next}", section) : null)
            ?? Spelling.Nearest(word, SectionNames.Openers());
        string hint = near is null ? "" : $"; did you mean '{near}' maybe ?";
        return new(true, $"unknown keyword '{written}' in '{sectionWord}' section{hint}");
    }

    /// <summary>For a word of another family that its table does not have; <paramref name="what"/> says what it was meant to be ("bind
    /// option", "fetch method").</summary>
    public static KeywordVerdict Of(KeywordFamily family, string what, string name)
    {
        if (KeywordCatalog.Find(family, name) is { } row)
            return OfKnown(row, $"{what} '{name}'", quoted: true);
        string hint = KeywordCatalog.Suggest(family, name) is { } near ? $"; did you mean '{near}' maybe ?" : "";
        return new(true, $"unknown {what} '{name}'{hint}");
    }

    /// <summary>For "listen NAME ADDRESS", "frontend NAME ADDRESS": the form of releases before 2.1.</summary>
    public static KeywordVerdict OfAddressOnSectionLine(string sectionWord, string name) =>
        new(true, $"'{sectionWord} {name}' : an address on this line was removed, use \"bind\"");

    private static KeywordVerdict OfKnown(KnownKeyword row, string name, bool quoted = false)
    {
        string subject = quoted ? name : $"'{name}'";
        return row.Status switch
        {
            KeywordStatus.Hint => new(false, $"{subject} : accepted, but it changes nothing in Baton"),
            KeywordStatus.Obsolete => new(true, $"{subject} : {row.Advice}"),
            _ => new(true, $"{subject} : known HAProxy keyword, not supported by Baton yet"),
        };
    }
}
