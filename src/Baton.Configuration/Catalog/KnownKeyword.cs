// One word of HAProxy's language as a fact: its name, where it stands, its arguments, what it does, and what Baton does
// with it as long as no room implements it. The words that are implemented have their own rows beside the implementation;
// KeywordReference (Baton.Control) lays those over these.
using Baton.Configuration.Expressions;

namespace Baton.Configuration.Catalog;

public sealed record KnownKeyword(
    KeywordFamily Family,
    string Name,
    string Arguments,
    SectionKinds Sections,
    KeywordStatus Status,
    string Summary
)
{
    /// <summary>For an obsolete word: what HAProxy says to use, as the end of a sentence.</summary>
    public string? Advice { get; init; }

    /// <summary>Whether "no" and "default" may stand before it.</summary>
    public bool Negatable { get; init; }

    /// <summary>For actions: the rule sets they may stand in.</summary>
    public RuleSets RuleSets { get; init; }

    /// <summary>For converters: what they take.</summary>
    public SampleType? Input { get; init; }

    /// <summary>For fetches and converters: what they return.</summary>
    public SampleType? Output { get; init; }

    /// <summary>The word as it is written, with its arguments.</summary>
    public string Signature
    {
        get
        {
            if (Arguments.Length == 0)
                return Name;
            return Family is KeywordFamily.SampleFetch or KeywordFamily.Converter ? $"{Name}({Arguments})"
                : Arguments[0] == '(' ? Name + Arguments
                : $"{Name} {Arguments}";
        }
    }
}
