// Every way of matching, with few patterns (compared one by one) and with many (found by hash), against the obvious answer.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Baton.Configuration.Expressions;
using Baton.Configuration.Values;
using Baton.Engine.Connections;
using Baton.Engine.Patterns;
using Xunit;

namespace Baton.UnitTests.Engine.Patterns;

public sealed class PatternTableTests
{
    private static PatternTable Table(AclMatchMethod match, bool ignoreCase, params string[] keys)
    {
        var list = new PatternList("", "test");
        foreach (string key in keys)
            list.Take(key, null);
        return list.TableFor(match, ignoreCase, out _)!;
    }

    private static string? Find(PatternTable table, string text) =>
        table.FindText(null, Encoding.Latin1.GetBytes(text), out _) is { IsSet: true } entry ? entry.Key : null;

    [Theory]
    [InlineData(AclMatchMethod.String, false, "/a /b", "/a", "/a")]
    [InlineData(AclMatchMethod.String, false, "/a /b", "/A", null)]
    [InlineData(AclMatchMethod.String, true, "/a /b", "/A", "/a")]
    [InlineData(AclMatchMethod.Begin, false, "/a /ab", "/abc", "/ab")]
    [InlineData(AclMatchMethod.Begin, true, "/a", "/Abc", "/a")]
    [InlineData(AclMatchMethod.End, false, ".jpg .png", "x.png", ".png")]
    [InlineData(AclMatchMethod.End, true, ".jpg", "x.JPG", ".jpg")]
    [InlineData(AclMatchMethod.Substring, false, "bc", "abcd", "bc")]
    [InlineData(AclMatchMethod.Substring, true, "bc", "aBCd", "bc")]
    [InlineData(AclMatchMethod.Substring, false, "bc", "aBCd", null)]
    [InlineData(AclMatchMethod.Substring, true, "aab", "xAaAB", "aab")]
    [InlineData(AclMatchMethod.Substring, true, "bcd", "abCb", null)]
    [InlineData(AclMatchMethod.Substring, true, "-x", "a--X", "-x")]
    [InlineData(AclMatchMethod.Domain, true, "example", "notEXAMPLE.Example", "example")]
    [InlineData(AclMatchMethod.Directory, false, "img", "/x/img/y", "img")]
    [InlineData(AclMatchMethod.Directory, false, "/img/", "/x/img/y", "/img/")]
    [InlineData(AclMatchMethod.Directory, false, "img", "/x/imgs/y", null)]
    [InlineData(AclMatchMethod.Domain, false, "example", "www.example.com", "example")]
    [InlineData(AclMatchMethod.Domain, false, ".example.com.", "www.example.com:80", ".example.com.")]
    [InlineData(AclMatchMethod.Domain, true, "EXAMPLE", "www.example.com", "EXAMPLE")]
    [InlineData(AclMatchMethod.Length, false, "5 7:9", "12345678", "7:9")]
    [InlineData(AclMatchMethod.Length, false, "5 7:9", "123456", null)]
    [InlineData(AclMatchMethod.Binary, false, "0a0b", "\n\v", "0a0b")]
    public void Texts(AclMatchMethod match, bool ignoreCase, string keys, string text, string? found) =>
        Assert.Equal(found, Find(Table(match, ignoreCase, keys.Split(' ')), text));

    [Theory]
    [InlineData("4:", 4L, true)]
    [InlineData("4:", 3L, false)]
    [InlineData(":4", -7L, true)]
    [InlineData("2:4", 5L, false)]
    [InlineData("3.1", 0x30001L, true)]
    public void Numbers(string key, long number, bool found) =>
        Assert.Equal(found, Table(AclMatchMethod.Integer, false, key).FindNumber(number).IsSet);

    [Theory]
    [InlineData("10.0.0.0/8 10.1.0.0/16", "10.1.2.3", "10.1.0.0/16")]
    [InlineData("10.1.0.0/255.255.0.0", "10.1.2.3", "10.1.0.0/255.255.0.0")]
    [InlineData("10.1.0.0/16", "10.2.2.3", null)]
    [InlineData("::1 2001:db8::/32", "2001:db8::5", "2001:db8::/32")]
    public void Addresses(string keys, string address, string? found)
    {
        SocketAddress at = SocketAddress.From(System.Net.IPAddress.Parse(address).GetAddressBytes(), 0);
        Assert.Equal(found, Table(AclMatchMethod.Ip, false, keys.Split(' ')).FindAddress(at) is { IsSet: true } entry ? entry.Key : null);
    }

    [Theory]
    [InlineData(AclMatchMethod.Integer, "x", "'x' is not a number")]
    [InlineData(AclMatchMethod.Integer, "5:1", "'5:1' is not a valid number range")]
    [InlineData(AclMatchMethod.Ip, "1.2.3.4/33", "'1.2.3.4/33' is not a valid IPv4 or IPv6 address")]
    [InlineData(AclMatchMethod.Ip, "1.2.3.4/255.0.255.0", "'1.2.3.4/255.0.255.0' is not a valid IPv4 or IPv6 address")]
    [InlineData(AclMatchMethod.Binary, "0a0", "an even number of hex digit is expected")]
    [InlineData(AclMatchMethod.String, "anything", null)]
    public void Keys_are_checked(AclMatchMethod match, string key, string? wrong)
    {
        var list = new PatternList("", "test");
        list.Take(key, null);
        Assert.Equal(wrong is null, list.TableFor(match, false, out string error) is not null);
        Assert.Equal(wrong ?? "", error);
    }

    [Theory]
    [InlineData(AclMatchMethod.String, false)]
    [InlineData(AclMatchMethod.String, true)]
    [InlineData(AclMatchMethod.Begin, false)]
    [InlineData(AclMatchMethod.Begin, true)]
    public void Many_find_what_few_do(AclMatchMethod match, bool ignoreCase)
    {
        var random = new Random(7);
        StringComparison how = ignoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        string Word(int longest) => new([.. Enumerable.Range(0, random.Next(1, longest)).Select(_ => "abA"[random.Next(3)])]);
        for (int round = 0; round < 200; round++)
        {
            string[] keys = [.. Enumerable.Range(0, random.Next(1, 30)).Select(_ => Word(6))];
            PatternTable table = Table(match, ignoreCase, keys);
            for (int i = 0; i < 20; i++)
            {
                string text = Word(8);
                IEnumerable<string> fitting = keys.Where(k =>
                    match == AclMatchMethod.String ? k.Equals(text, how) : text.StartsWith(k, how)
                );
                Assert.Equal(fitting.MaxBy(k => k.Length), Find(table, text));
            }
        }
    }

    [Fact]
    public void Many_networks_find_what_few_do()
    {
        var random = new Random(11);
        byte[] Address() =>
            random.Next(2) == 0
                ? [10, (byte)random.Next(4), (byte)random.Next(4), (byte)random.Next(4)]
                : [0x20, 1, 0xd, 0xb8, .. new byte[10], (byte)random.Next(4), (byte)random.Next(4)];
        for (int round = 0; round < 100; round++)
        {
            string[] keys =
            [
                .. Enumerable
                    .Range(0, random.Next(9, 60))
                    .Select(_ => Address())
                    .Select(a => $"{new System.Net.IPAddress(a)}/{random.Next(a.Length * 8 + 1)}"),
            ];
            PatternTable table = Table(AclMatchMethod.Ip, false, keys);
            for (int i = 0; i < 50; i++)
            {
                SocketAddress at = SocketAddress.From(Address(), 0);
                string? longest = keys.Where(k => AddressParser.Network(k, out byte[] network, out int prefix) && at.IsIn(network, prefix))
                    .OrderByDescending(k => int.Parse(k[(k.IndexOf('/') + 1)..]))
                    .FirstOrDefault();
                Assert.Equal(longest, table.FindAddress(at) is { IsSet: true } entry ? entry.Key : null);
            }
        }
    }
}
