// Pattern lists: versions beside the one in use, changes, and what a reload carries over.
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using Baton.Configuration.Expressions;
using Baton.Engine.Connections;
using Baton.Engine.Patterns;
using Xunit;

namespace Baton.UnitTests.Engine.Patterns;

public sealed class PatternListTests
{
    private static PatternList Acl(params string[] keys)
    {
        var list = new PatternList("", "test");
        list.Take(keys.Select(k => new PatternEntry(k, null)));
        return list;
    }

    private static string Keys(PatternEntry[] entries) => string.Join(' ', entries.Select(e => e.Key));

    [Fact]
    public void A_version_is_out_of_sight_until_it_is_committed()
    {
        PatternList list = Acl("a", "b");
        PatternTable table = list.TableFor(AclMatchMethod.String, false, out _)!;
        Assert.Equal(1u, list.Prepare());
        Assert.Equal(2u, list.Prepare());
        Assert.Null(list.Add([("x", null)], 1));
        Assert.Null(list.Add([("y", null), ("z", null)], 2));
        Assert.Equal(("a b", "x", "y z", "", 5), (Keys(list.Entries), Keys(list.EntriesOf(1)), Keys(list.EntriesOf(2)), Keys(list.EntriesOf(3)), list.Count));
        Assert.Null(table.FindText(null, "y"u8, out _));
        Assert.False(list.Commit(3));
        Assert.True(list.Commit(2));
        Assert.Equal(("y z", 2u, 2u, 2), (Keys(list.Entries), list.CurrentVersion, list.NextVersion, list.Count));
        Assert.Equal("y", table.FindText(null, "y"u8, out _)!.Key);
        Assert.Null(table.FindText(null, "a"u8, out _));
        Assert.False(list.Commit(1));
        Assert.True(list.Commit(2));
        Assert.Equal("y z", Keys(list.Entries));
    }

    [Fact]
    public void A_version_may_be_cleared_or_stay_empty()
    {
        PatternList list = Acl("a");
        list.Prepare();
        list.Add([("x", null)], 1);
        list.Clear(1);
        Assert.Equal(("a", ""), (Keys(list.Entries), Keys(list.EntriesOf(1))));
        Assert.True(list.Commit(1));
        Assert.Equal("", Keys(list.Entries));
        list.Add("b", null);
        list.Clear(null);
        Assert.Equal("", Keys(list.Entries));
    }

    [Fact]
    public void A_regular_expression_is_compiled_once_whatever_else_changes()
    {
        PatternList list = Acl("^/a", "^/b");
        PatternTable table = list.TableFor(AclMatchMethod.Regex, false, out _)!;
        object compiled = list.Entries[0].Expression(false);
        Assert.Null(list.Add("^/c", null));
        Assert.True(list.Set(new PatternSelector("^/a"), "value"));
        Assert.Equal("value", list.Entries[0].Value);
        Assert.Same(compiled, list.Entries[0].Expression(false));
        Assert.NotSame(compiled, list.Entries[0].Expression(true));
    }

    [Fact]
    public void Keys_must_fit_every_use()
    {
        PatternList list = Acl("10.0.0.0/8");
        Assert.NotNull(list.TableFor(AclMatchMethod.String, false, out _));
        Assert.NotNull(list.TableFor(AclMatchMethod.Ip, false, out _));
        Assert.Null(list.TableFor(AclMatchMethod.Integer, false, out string error));
        Assert.Equal("'10.0.0.0/8' is not a number", error);
        Assert.Equal("'zork' is not a valid IPv4 or IPv6 address", list.Add([("10.1.1.1", null), ("zork", null), ("10.2.2.2", null)]));
        Assert.Equal("10.0.0.0/8 10.1.1.1", Keys(list.Entries));
    }

    [Fact]
    public void One_entry_of_several_alike_is_meant_by_its_id()
    {
        PatternList list = Acl("a", "a");
        long second = list.Entries[1].Id;
        Assert.True(list.Set(new PatternSelector(second), "new"));
        Assert.Equal((null, "new"), (list.Entries[0].Value, list.Entries[1].Value));
        Assert.Equal(second, list.Entries[1].Id);
        Assert.True(list.Delete(new PatternSelector(second)));
        Assert.False(list.Delete(new PatternSelector(second)));
        Assert.True(list.Delete(new PatternSelector("a")));
        Assert.Empty(list.Entries);
    }

    [Fact]
    public void Edits_move_unless_the_file_says_otherwise()
    {
        string file = Path.GetTempFileName();
        File.WriteAllText(file, "a 1\nb 2\n# comment\n\nc 3\n");
        PatternList old = Map(file);
        old.Set(new PatternSelector("a"), "9");
        old.Delete(new PatternSelector("b"));
        old.Add("d", "4");
        old.Set(new PatternSelector("c"), "8");
        List<(string, string[], string[])> edits = old.Edits();
        File.WriteAllText(file, "a 1\nb 2\nc 33\n");
        PatternList next = Map(file);
        next.Apply(edits);
        Assert.Equal("a=9 c=33 d=4", string.Join(' ', next.Entries.OrderBy(e => e.Key).Select(e => $"{e.Key}={e.Value}")));
        Assert.Empty(Map(file).Edits());
        File.Delete(file);
    }

    private static PatternList Map(string file)
    {
        var list = new PatternList(file, file);
        Assert.Null(list.Load(values: true));
        return list;
    }

    [Fact]
    public void A_committed_version_moves_as_well()
    {
        PatternList old = Acl("a", "b"), next = Acl("a", "b");
        old.Prepare();
        old.Add([("b", null), ("n", null)], 1);
        old.Commit(1);
        next.Apply(old.Edits());
        Assert.Equal("b n", string.Join(' ', next.Entries.Select(e => e.Key).Order()));
    }

    /// <summary>Changes one by one find what a list that was read in that state finds, whichever tables it has.</summary>
    [Theory]
    [InlineData(AclMatchMethod.String, false)]
    [InlineData(AclMatchMethod.String, true)]
    [InlineData(AclMatchMethod.Begin, false)]
    [InlineData(AclMatchMethod.Ip, false)]
    [InlineData(AclMatchMethod.Binary, false)]
    [InlineData(AclMatchMethod.Substring, false)]
    [InlineData(AclMatchMethod.Integer, false)]
    public void Changes_find_what_a_fresh_list_does(AclMatchMethod match, bool ignoreCase)
    {
        var random = new Random(5);
        string Key() => match switch
        {
            AclMatchMethod.Ip => $"10.0.{random.Next(2)}.{random.Next(4)}" + (random.Next(2) == 0 ? "" : $"/{random.Next(22, 33)}"),
            AclMatchMethod.Binary => random.Next(2) == 0 ? $"0{random.Next(10)}" : $"a{"aAbB"[random.Next(4)]}",
            AclMatchMethod.Integer => $"{random.Next(40)}",
            _ => new string([.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => "abB"[random.Next(3)])]),
        };
        for (int round = 0; round < 20; round++)
        {
            var list = new PatternList("", "test");
            list.Take(Enumerable.Range(0, random.Next(20)).Select(_ => new PatternEntry(Key(), "0")).ToArray());
            PatternTable changed = list.TableFor(match, ignoreCase, out _)!;
            for (int step = 0; step < 60; step++)
            {
                switch (random.Next(5))
                {
                    case 0: list.SetOrAdd(Encoding.Latin1.GetBytes(Key()), Encoding.Latin1.GetBytes($"{step}")); break;
                    case 1: list.Add(Key(), $"{step}"); break;
                    case 2: list.Delete(new PatternSelector(Key())); break;
                    case 3: list.Set(new PatternSelector(Key()), $"{step}"); break;
                    default: if (list.Entries is { Length: > 0 } all) list.Delete(new PatternSelector(all[random.Next(all.Length)].Id)); break;
                }
                var fresh = new PatternTable(match, ignoreCase);
                var entries = new PatternEntries();
                entries.AddRange(list.Entries.Select(e => new PatternEntry(e.Key, e.Value)));
                fresh.Rebuild(entries);
                string text = Key();
                Assert.Equal(Find(fresh, match, text), Find(changed, match, text));
            }
        }
    }

    private static (string?, string?) Find(PatternTable table, AclMatchMethod match, string text)
    {
        PatternEntry? entry = match switch
        {
            AclMatchMethod.Ip => table.FindAddress(SocketAddress.From(System.Net.IPAddress.Parse(text.Split('/')[0]).GetAddressBytes(), 0)),
            AclMatchMethod.Integer => table.FindNumber(int.Parse(text)),
            AclMatchMethod.Binary => table.FindText(null, Convert.FromHexString(text), out _),
            _ => table.FindText(null, Encoding.Latin1.GetBytes(text), out _),
        };
        return (entry?.Key, entry?.Value);
    }
}
