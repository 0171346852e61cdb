// Pattern lists: versions beside the one in use, changes, and what a reload carries over.
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using Baton.Configuration.Expressions;
using Baton.Core.Frames;
using Baton.Engine.Connections;
using Baton.Engine.Patterns;
using Xunit;

namespace Baton.UnitTests.Engine.Patterns;

public sealed class PatternListTests
{
    private static PatternList Acl(params string[] keys)
    {
        var list = new PatternList("", "test");
        foreach (string key in keys)
            list.Take(key, null);
        return list;
    }

    private sealed record Shown(long Id, string Key, string? Value);

    private static List<Shown> Entries(PatternList list, uint? version = null)
    {
        var all = new List<Shown>();
        long after = 0;
        Assert.False(list.Walk(version, ref after, int.MaxValue, e => all.Add(new Shown(e.Id, e.Key, e.Value))));
        return all;
    }

    private static string Keys(PatternList list, uint? version = null) => string.Join(' ', Entries(list, version).Select(e => e.Key));

    [Fact]
    public void A_version_is_out_of_sight_until_it_is_committed()
    {
        PatternList list = Acl("a", "b");
        PatternTable table = list.TableFor(AclMatchMethod.String, false, out _)!;
        Assert.Equal(1u, list.Prepare());
        Assert.Equal(2u, list.Prepare());
        Assert.Null(list.Add([("x", null)], 1));
        Assert.Null(list.Add([("y", null), ("z", null)], 2));
        Assert.Equal(("a b", "x", "y z", "", 5), (Keys(list), Keys(list, 1), Keys(list, 2), Keys(list, 3), list.Count));
        Assert.False(table.FindText(null, "y"u8, out _).IsSet);
        Assert.False(list.Commit(3));
        Assert.True(list.Commit(2));
        Assert.Equal(("y z", 2u, 2u, 2), (Keys(list), list.CurrentVersion, list.NextVersion, list.Count));
        Assert.Equal("y", table.FindText(null, "y"u8, out _).Key);
        Assert.False(table.FindText(null, "a"u8, out _).IsSet);
        Assert.False(list.Commit(1));
        Assert.False(list.Commit(2));
        Assert.Equal("y z", Keys(list));
    }

    [Fact]
    public void A_version_may_be_cleared_or_stay_empty()
    {
        PatternList list = Acl("a");
        list.Prepare();
        list.Add([("x", null)], 1);
        list.Clear(1);
        Assert.Equal(("a", ""), (Keys(list), Keys(list, 1)));
        Assert.True(list.Commit(1));
        Assert.Equal("", Keys(list));
        list.Add("b", null);
        list.Clear(null);
        Assert.Equal("", Keys(list));
    }

    [Fact]
    public void A_regular_expression_is_compiled_once_whatever_else_changes()
    {
        var expressions = new PatternExpressions();
        object compiled = expressions.Get("^/a", false, out _)!;
        Assert.NotNull(expressions.Get("^/b", false, out _));
        Assert.Same(compiled, expressions.Get("^/a", false, out _));
        Assert.NotSame(compiled, expressions.Get("^/a", true, out _));
        Assert.Null(expressions.Get("^(", false, out string error));
        Assert.NotEqual("", error);
        expressions.Forget("^/a");
        Assert.NotSame(compiled, expressions.Get("^/a", false, out _));
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
        Assert.Equal("10.0.0.0/8 10.1.1.1", Keys(list));
    }

    [Fact]
    public void One_entry_of_several_alike_is_meant_by_its_id()
    {
        PatternList list = Acl("a", "a");
        long second = Entries(list)[1].Id;
        Assert.True(list.Set(new PatternSelector(second), "new", out _));
        Assert.Equal((null, "new"), (Entries(list)[0].Value, Entries(list)[1].Value));
        Assert.Equal(second, Entries(list)[1].Id);
        Assert.True(list.Delete(new PatternSelector(second)));
        Assert.False(list.Delete(new PatternSelector(second)));
        Assert.True(list.Delete(new PatternSelector("a")));
        Assert.Empty(Entries(list));
    }

    /// <summary>One telling from a list to another; how many keys were told.</summary>
    private static int Tell(PatternList.Telling telling, PatternList to, int room = 100)
    {
        var frame = new FrameWriter();
        telling.Begin();
        int all = 0;
        for (int count; (count = telling.WriteNext(frame, room)) > 0; frame.Clear())
        {
            var reader = new FrameReader(frame.Written);
            to.Apply(count, ref reader);
            Assert.True(reader.AtEnd);
            all += count;
        }
        return all;
    }

    private static string Sorted(PatternList list) =>
        string.Join(' ', Entries(list).Select(e => e.Value is null ? e.Key : $"{e.Key}={e.Value}").Order(StringComparer.Ordinal));

    [Fact]
    public void Edits_move_unless_the_file_says_otherwise()
    {
        string file = Path.GetTempFileName();
        File.WriteAllText(file, "a 1\nb 2\n# comment\n\nc 3\n");
        PatternList old = Map(file);
        old.Set(new PatternSelector("a"), "9", out _);
        old.Delete(new PatternSelector("b"));
        old.Add("d", "4");
        old.Set(new PatternSelector("c"), "8", out _);
        File.WriteAllText(file, "a 1\nb 2\nc 33\n");
        PatternList next = Map(file),
            third = Map(file);
        Assert.Equal(4, Tell(new PatternList.Telling(old), next));
        Assert.Equal("a=9 c=33 d=4", Sorted(next));
        // and on to the one after that
        Assert.Equal(3, Tell(new PatternList.Telling(next), third));
        Assert.Equal("a=9 c=33 d=4", Sorted(third));
        Assert.Equal(0, Tell(new PatternList.Telling(Map(file)), third));
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
        PatternList old = Acl("a", "b"),
            next = Acl("a", "b");
        old.Prepare();
        old.Add([("b", null), ("n", null)], 1);
        old.Commit(1);
        Tell(new PatternList.Telling(old), next);
        Assert.Equal("b n", Sorted(next));
    }

    /// <summary>Two tellings, with any changes before, between and even while the first one rests, leave the other list as this one
    /// is.</summary>
    [Fact]
    public void The_second_telling_makes_up_for_what_changed_since_the_first()
    {
        var random = new Random(7);
        string file = Path.GetTempFileName();
        for (int round = 0; round < 150; round++)
        {
            int size = random.Next(2) == 0 ? random.Next(6) : random.Next(900);
            string Key() => $"k{random.Next(size + 4)}";
            File.WriteAllLines(
                file,
                Enumerable.Range(0, size).Select(i => $"k{i} {i}").Concat(Enumerable.Range(0, random.Next(3)).Select(_ => $"{Key()} again"))
            );
            PatternList old = Map(file),
                next = Map(file);
            old.TableFor(AclMatchMethod.String, false, out _);
            var telling = new PatternList.Telling(old);
            void Change(int steps)
            {
                for (; steps > 0; steps--)
                    Edit(old, random, Key(), steps);
            }
            Change(random.Next(40));
            var frame = new FrameWriter();
            telling.Begin();
            for (int count; (count = telling.WriteNext(frame, 50)) > 0; frame.Clear())
            {
                var reader = new FrameReader(frame.Written);
                next.Apply(count, ref reader);
                Change(random.Next(3));
            }
            Change(random.Next(20));
            Tell(telling, next);
            telling.End();
            Assert.Equal(Sorted(old), Sorted(next));
            Change(20);
            PatternList third = Map(file);
            Tell(new PatternList.Telling(old), third);
            Assert.Equal(Sorted(old), Sorted(third));
        }
        File.Delete(file);
    }

    private static void Edit(PatternList list, Random random, string key, int step)
    {
        switch (random.Next(40))
        {
            case < 10:
                list.Set(new PatternSelector(key), $"s{step}", out _);
                break;
            case < 18:
                list.Delete(new PatternSelector(key));
                break;
            case < 25:
                list.Add(key, $"a{step}");
                break;
            case < 34:
                list.SetOrAdd(Encoding.ASCII.GetBytes(key), Encoding.ASCII.GetBytes($"t{step}"));
                break;
            case 34:
                list.Clear(null);
                break;
            case 35:
                list.Prepare();
                break;
            case < 38:
                list.Add([(key, $"p{step}")], list.NextVersion);
                break;
            default:
                list.Commit(list.NextVersion);
                break;
        }
    }

    /// <summary>A walk that rests sees each entry once that was there all the time, whatever comes and goes.</summary>
    [Fact]
    public void A_walk_survives_changes()
    {
        PatternList list = Acl([.. Enumerable.Range(0, 3000).Select(i => $"k{i}")]);
        var seen = new List<string>();
        var random = new Random(3);
        bool more = true;
        for (long after = 0; more; )
        {
            more = list.Walk(null, ref after, 64, e => seen.Add(e.Key));
            for (int i = 0; i < 30; i++)
            {
                list.Delete(new PatternSelector($"k{random.Next(1500) * 2}"));
                list.Add($"n{random.Next()}", null);
                if (!more)
                    break;
            }
            if (seen.Count > 5000)
                break;
        }
        Assert.Equal(seen.Count, seen.Distinct().Count());
        for (int i = 1; i < 3000; i += 2)
            Assert.Contains($"k{i}", seen);
    }

    /// <summary>Lookups take no lock: what is there all the time is found at any moment, while the tables grow and shrink beside
    /// it.</summary>
    [Theory]
    [InlineData(AclMatchMethod.String, false)]
    [InlineData(AclMatchMethod.String, true)]
    [InlineData(AclMatchMethod.Begin, false)]
    [InlineData(AclMatchMethod.Ip, false)]
    public void What_stays_is_found_while_the_rest_changes(AclMatchMethod match, bool ignoreCase)
    {
        string Key(int i) => match == AclMatchMethod.Ip ? $"10.{i / 65536}.{i / 256 % 256}.{i % 256}" : $"key{i:00000}";
        PatternList list = Acl([.. Enumerable.Range(0, 50).Select(Key)]);
        PatternTable table = list.TableFor(match, ignoreCase, out _)!;
        bool stop = false;
        int missed = 0,
            looked = 0;
        var reader = new System.Threading.Thread(() =>
        {
            for (; !System.Threading.Volatile.Read(ref stop); looked++)
            for (int i = 0; i < 50; i++)
                if (Find(table, match, Key(i)).Item1 != Key(i))
                    missed++;
        });
        reader.Start();
        for (int round = 0; round < 5; round++)
        {
            for (int i = 50; i < 6000; i++)
                list.Add(Key(i), null);
            for (int i = 50; i < 6000; i++)
                list.Delete(new PatternSelector(Key(i)));
        }
        while (System.Threading.Volatile.Read(ref looked) == 0)
            System.Threading.Thread.Yield();
        System.Threading.Volatile.Write(ref stop, true);
        reader.Join();
        Assert.Equal(0, missed);
        Assert.Equal(50, list.Count);
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
        string Key() =>
            match switch
            {
                AclMatchMethod.Ip => $"10.0.{random.Next(2)}.{random.Next(4)}" + (random.Next(2) == 0 ? "" : $"/{random.Next(22, 33)}"),
                AclMatchMethod.Binary => random.Next(2) == 0 ? $"0{random.Next(10)}" : $"a{"aAbB"[random.Next(4)]}",
                AclMatchMethod.Integer => $"{random.Next(40)}",
                _ => new string([.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => "abB"[random.Next(3)])]),
            };
        for (int round = 0; round < 20; round++)
        {
            var list = new PatternList("", "test");
            for (int i = random.Next(20); i > 0; i--)
                list.Add(Key(), "0");
            PatternTable changed = list.TableFor(match, ignoreCase, out _)!;
            for (int step = 0; step < 60; step++)
            {
                switch (random.Next(5))
                {
                    case 0:
                        list.SetOrAdd(Encoding.Latin1.GetBytes(Key()), Encoding.Latin1.GetBytes($"{step}"));
                        break;
                    case 1:
                        list.Add(Key(), $"{step}");
                        break;
                    case 2:
                        list.Delete(new PatternSelector(Key()));
                        break;
                    case 3:
                        list.Set(new PatternSelector(Key()), $"{step}", out _);
                        break;
                    default:
                        if (Entries(list) is { Count: > 0 } all)
                            list.Delete(new PatternSelector(all[random.Next(all.Count)].Id));
                        break;
                }
                var other = new PatternList("", "other");
                foreach (Shown e in Entries(list))
                    other.Add(e.Key, e.Value);
                PatternTable fresh = other.TableFor(match, ignoreCase, out _)!;
                string text = Key();
                Assert.Equal(Find(fresh, match, text), Find(changed, match, text));
            }
        }
    }

    private static (string?, string?) Find(PatternTable table, AclMatchMethod match, string text)
    {
        PatternEntry entry = match switch
        {
            AclMatchMethod.Ip => table.FindAddress(SocketAddress.From(System.Net.IPAddress.Parse(text.Split('/')[0]).GetAddressBytes(), 0)),
            AclMatchMethod.Integer => table.FindNumber(int.Parse(text)),
            AclMatchMethod.Binary => table.FindText(null, Convert.FromHexString(text), out _),
            _ => table.FindText(null, Encoding.Latin1.GetBytes(text), out _),
        };
        return entry.IsSet ? (entry.Key, entry.Value) : default;
    }
}
