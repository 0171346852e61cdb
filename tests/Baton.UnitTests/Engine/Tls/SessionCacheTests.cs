// The ring of TLS sessions: what is kept, what makes room, and in which order it is told to the next process.
using System;
using System.Collections.Generic;
using System.Linq;
using Baton.Engine.Tls;
using Xunit;

namespace Baton.UnitTests.Engine.Tls;

public sealed class SessionCacheTests
{
    private static byte[] Id(int n) => [.. BitConverter.GetBytes(n), 7, 7];

    private static byte[] Session(int n, int length) => [.. Enumerable.Range(0, length).Select(i => (byte)(n + i))];

    private static byte[]? Find(SessionCache cache, int n)
    {
        byte[] into = new byte[SessionCache.LongestSession];
        int length = cache.Find(Id(n), into, out _);
        return length == 0 ? null : into[..length];
    }

    [Fact]
    public void What_is_kept_is_found_until_it_is_removed()
    {
        var cache = new SessionCache(64);
        Assert.Null(Find(cache, 1));
        Assert.True(cache.Add(Id(1), Session(1, 300)));
        Assert.True(cache.Add(Id(2), Session(2, 20)));
        Assert.True(cache.Add(Id(1), Session(9, 40)));
        Assert.Equal(Session(9, 40), Find(cache, 1));
        Assert.Equal(Session(2, 20), Find(cache, 2));
        cache.Remove(Id(1));
        cache.Remove(Id(1));
        Assert.Null(Find(cache, 1));
        Assert.Equal((4, 2), (cache.Lookups, cache.Misses));
    }

    [Fact]
    public void What_is_taken_is_found_once()
    {
        byte[] into = new byte[SessionCache.LongestSession];
        var cache = new SessionCache(64);
        Assert.True(cache.Add(Id(1), Session(1, 30)));
        Assert.True(cache.Add(Id(2), Session(2, 20), isInherited: true));
        Assert.Equal(30, cache.Take(Id(1), into, out bool isInherited));
        Assert.Equal(Session(1, 30), into[..30]);
        Assert.False(isInherited);
        Assert.Equal(0, cache.Take(Id(1), into, out _));
        Assert.Equal(20, cache.Find(Id(2), into, out isInherited));
        Assert.True(isInherited);
        Assert.True(cache.Add(Id(2), Session(3, 20)));
        Assert.Equal(20, cache.Take(Id(2), into, out isInherited));
        Assert.False(isInherited);
    }

    [Fact]
    public void What_is_too_long_or_has_no_room_is_not_kept()
    {
        Assert.False(new SessionCache(0).Add(Id(1), Session(1, 10)));
        var cache = new SessionCache(2);
        Assert.False(cache.Add(Id(1), Session(1, 600)));
        Assert.False(cache.Add(new byte[33], Session(1, 10)));
        Assert.False(cache.Add([], Session(1, 10)));
        Assert.False(new SessionCache(1000).Add(Id(1), new byte[SessionCache.LongestSession + 1]));
    }

    /// <summary>Whatever is added, found, removed: what is found is what was added last, and nothing that is newer than what is found is
    /// missing but what was removed.</summary>
    [Theory, InlineData(1), InlineData(2), InlineData(3), InlineData(4)]
    public void The_oldest_make_room(int seed)
    {
        var random = new Random(seed);
        var cache = new SessionCache(random.Next(8, 60));
        var added = new List<int>();
        var contents = new Dictionary<int, byte[]>();
        for (int i = 0; i < 3000; i++)
        {
            int n = random.Next(40);
            if (random.Next(5) == 0)
            {
                cache.Remove(Id(n));
                contents.Remove(n);
                added.Remove(n);
                continue;
            }
            byte[] session = Session(n, random.Next(1, 900));
            Assert.True(cache.Add(Id(n), session));
            contents[n] = session;
            added.Remove(n);
            added.Add(n);
            int missing = 0;
            for (int at = added.Count - 1; at >= 0; at--)
            {
                byte[]? found = Find(cache, added[at]);
                missing += found is null ? 1 : 0;
                Assert.True(found is null || missing == 0 && found.AsSpan().SequenceEqual(contents[added[at]]), $"{added[at]} at step {i}");
            }
            Assert.NotNull(Find(cache, n));
            added.RemoveAll(a => Find(cache, a) is null);
        }
    }

    [Fact]
    public void They_are_told_in_their_order_and_once()
    {
        var cache = new SessionCache(8);
        long place = 0;
        byte[] id = new byte[SessionCache.LongestId],
            session = new byte[SessionCache.LongestSession];
        int[] told()
        {
            var all = new List<int>();
            while (cache.Walk(ref place, id, out _, session) > 0)
                all.Add(BitConverter.ToInt32(id));
            return [.. all];
        }
        Assert.Empty(told());
        cache.Add(Id(1), Session(1, 10));
        cache.Add(Id(2), Session(2, 10));
        cache.Remove(Id(1));
        Assert.Equal([2], told());
        Assert.Empty(told());
        for (int i = 3; i < 40; i++)
            cache.Add(Id(i), Session(i, 10));
        Assert.Equal([32, 33, 34, 35, 36, 37, 38, 39], told());
    }
}
