using System.Collections.Generic;
using System.Linq;
using System.Text;
using Baton.Control.Cli;
using Xunit;

namespace Baton.UnitTests.Control.Cli;

public sealed class CliPayloadTests
{
    private static CliPayload Of(IEnumerable<string> lines)
    {
        var payload = new CliPayload();
        foreach (string line in lines)
            payload.Add(Encoding.UTF8.GetBytes(line));
        return payload;
    }

    private static List<string> Read(CliPayload payload)
    {
        var lines = new List<string>();
        var at = new CliPayload.Place();
        while (payload.Next(ref at, out System.ReadOnlySpan<byte> line))
            lines.Add(Encoding.UTF8.GetString(line));
        return lines;
    }

    /// <summary>Lines of every length, so that some end exactly with their block and some are longer than one.</summary>
    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    [InlineData(40_000, 3)]
    [InlineData(5000, 15)]
    [InlineData(3, 16_383)]
    [InlineData(3, 16_384)]
    [InlineData(2, 100_000)]
    public void Gives_back_the_lines_that_went_in(int count, int length)
    {
        string[] lines = [.. Enumerable.Range(0, count).Select(i => new string((char)('a' + i % 26), length + i % 2))];
        CliPayload payload = Of(lines);
        Assert.Equal(lines, Read(payload));
        Assert.Equal(lines.Sum(l => l.Length + 1), payload.Length);
        Assert.Equal(string.Concat(lines.Select(l => l + "\n")), payload.ToString());
    }

    [Fact]
    public void A_reader_may_go_on_while_lines_come()
    {
        CliPayload payload = Of(["one"]);
        var at = new CliPayload.Place();
        Assert.True(payload.Next(ref at, out _));
        Assert.False(payload.Next(ref at, out _));
        payload.Add("two"u8);
        Assert.True(payload.Next(ref at, out System.ReadOnlySpan<byte> line));
        Assert.Equal("two", Encoding.UTF8.GetString(line));
    }
}
