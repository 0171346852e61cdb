using System;
using Baton.Configuration.Catalog;
using CsCheck;
using Xunit;

namespace Baton.UnitTests.Configuration.Catalog;

public class SpellingTests
{
    private static readonly Gen<string> Word = Gen.String[Gen.Char["abc"], 0, 6];

    [Fact]
    public void Distance_agrees_with_its_definition() =>
        Gen.Select(Word, Word).Sample((a, b) => Spelling.Distance(a, b, 100) == Slow(a, b), iter: 2000);

    [Fact]
    public void Distance_never_exceeds_the_limit_and_is_exact_below_it() =>
        Gen.Select(Word, Word, Gen.Int[1, 6])
            .Sample((a, b, limit) => Spelling.Distance(a, b, limit) == Math.Min(Slow(a, b), limit), iter: 2000);

    [Fact]
    public void Words_of_any_length_are_no_trouble()
    {
        string endless = new('x', 100_000);
        Assert.Equal(4, Spelling.Distance(endless, "acl", 4));
        Assert.Equal(4, Spelling.Distance(endless, endless, 4));
        Assert.Null(KeywordCatalog.Suggest(KeywordFamily.Directive, endless));
        Assert.Null(KeywordCatalog.Suggest(KeywordFamily.Directive, ""));
    }

    /// <summary>The definition read backwards from the ends of both words.</summary>
    private static int Slow(ReadOnlySpan<char> a, ReadOnlySpan<char> b)
    {
        if (a.Length == 0 || b.Length == 0)
            return a.Length + b.Length;
        int best = Math.Min(Slow(a[..^1], b), Slow(a, b[..^1])) + 1;
        best = Math.Min(best, Slow(a[..^1], b[..^1]) + (a[^1] == b[^1] ? 0 : 1));
        if (a.Length > 1 && b.Length > 1 && a[^1] == b[^2] && a[^2] == b[^1])
            best = Math.Min(best, Slow(a[..^2], b[..^2]) + 1);
        return best;
    }
}
