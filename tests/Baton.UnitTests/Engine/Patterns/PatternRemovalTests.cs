// Entries that are tried one by one, taken out in any order: what is found stays what a plain walk finds, at the cost of one entry.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Baton.Configuration.Expressions;
using Baton.Engine.Patterns;
using Xunit;

namespace Baton.UnitTests.Engine.Patterns;

public sealed class PatternRemovalTests
{
    private static readonly Func<string, string, bool>[] s_matches =
    [
        (text, key) => text.Contains(key, StringComparison.Ordinal),
        (text, key) => text.EndsWith(key, StringComparison.Ordinal),
        (text, key) => text.StartsWith(key, StringComparison.Ordinal),
        (text, key) => text == key,
    ];

    private static readonly AclMatchMethod[] s_methods =
    [
        AclMatchMethod.Substring,
        AclMatchMethod.End,
        AclMatchMethod.Begin,
        AclMatchMethod.String,
    ];

    [Theory]
    [InlineData(6)]
    [InlineData(200)]
    public void Texts_are_found_or_not_as_a_plain_walk_finds_them(int most)
    {
        var random = new Random(most);
        for (int m = 0; m < s_methods.Length; m++)
        {
            var list = new PatternList("", "test");
            PatternTable table = list.TableFor(s_methods[m], false, out _)!;
            var keys = new List<string>();
            for (int step = 0; step < most * 12; step++)
            {
                string key = string.Concat(Enumerable.Range(0, random.Next(1, 4)).Select(_ => (char)('a' + random.Next(4))));
                if (random.Next(2) == 0 && keys.Count < most)
                {
                    Assert.Null(list.Add(key, null));
                    keys.Add(key);
                }
                else if (keys.Count > 0)
                {
                    string gone = keys[random.Next(keys.Count)];
                    Assert.True(list.Delete(new PatternSelector(gone)));
                    keys.RemoveAll(k => k == gone);
                }
                string text = string.Concat(Enumerable.Range(0, 5).Select(_ => (char)('a' + random.Next(4))));
                Func<string, string, bool> matches = s_matches[m];
                PatternEntry found = table.FindText(null, Encoding.ASCII.GetBytes(text), out _);
                Assert.True(
                    found.IsSet ? matches(text, found.Key) && keys.Contains(found.Key) : !keys.Exists(k => matches(text, k)),
                    $"{s_methods[m]}: '{text}' among {string.Join(' ', keys)}"
                );
            }
        }
    }

    [Fact]
    public void Ranges_are_found_or_not_as_a_plain_walk_finds_them()
    {
        var random = new Random(5);
        var list = new PatternList("", "test");
        PatternTable table = list.TableFor(AclMatchMethod.Integer, false, out _)!;
        var keys = new List<(int Low, int High)>();
        for (int step = 0; step < 2000; step++)
        {
            int low = random.Next(60),
                high = low + random.Next(5);
            if (random.Next(2) == 0)
            {
                list.Add($"{low}:{high}", null);
                keys.Add((low, high));
            }
            else if (keys.Count > 0)
            {
                (int Low, int High) gone = keys[random.Next(keys.Count)];
                Assert.True(list.Delete(new PatternSelector($"{gone.Low}:{gone.High}")));
                keys.RemoveAll(k => k == gone);
            }
            int number = random.Next(70);
            Assert.Equal(keys.Exists(k => k.Low <= number && number <= k.High), table.FindNumber(number).IsSet);
        }
    }

    /// <summary>A list of any length is not made anew for one entry.</summary>
    [Theory]
    [InlineData(AclMatchMethod.Substring)]
    [InlineData(AclMatchMethod.Integer)]
    public void A_removal_costs_what_one_entry_costs(AclMatchMethod method)
    {
        const int entries = 20_000,
            removals = 50;
        var list = new PatternList("", "test");
        Assert.NotNull(list.TableFor(method, false, out _));
        for (int i = 0; i < entries; i++)
            Assert.Null(list.Add($"{i}", null));
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < removals; i++)
            Assert.True(list.Delete(new PatternSelector($"{i * 3}")));
        long each = (GC.GetAllocatedBytesForCurrentThread() - before) / removals;
        Assert.InRange(each, 0, 4096);
    }
}
