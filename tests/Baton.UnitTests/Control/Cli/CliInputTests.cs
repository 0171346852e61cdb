// Cutting a client's bytes into commands: separators, escapes, payloads, limits.
using System.Collections.Generic;
using System.Text;
using Baton.Control.Cli;
using Xunit;

namespace Baton.UnitTests.Control.Cli;

public sealed class CliInputTests
{
    private static List<string> All(string text)
    {
        var input = new CliInput();
        input.Append(Encoding.UTF8.GetBytes(text));
        var found = new List<string>();
        for (CliInputStatus s = input.Take(); s is CliInputStatus.Command or CliInputStatus.Payload; s = input.Take())
            if (s == CliInputStatus.Command)
                found.Add(string.Join('|', input.Words) + (input.Payload is null ? "" : $"<{input.Payload}>"));
        return found;
    }

    [Theory]
    [InlineData("show info\n", "show|info")]
    [InlineData("  show \t info \r\n", "show|info")]
    [InlineData("a;b c\nd\n", "a", "b|c", "d")]
    [InlineData(";\n", "", "")]
    [InlineData("a\\;b c\\ d \\\\\n", "a;b|c d|\\")]
    [InlineData("a \\\nb\n", "a|\n" + "b")]
    [InlineData("add map x <<\nk v\n\nshow map\n", "add|map|x<k v\n>", "show|map")]
    [InlineData("set y <<END\n\nEND \nEND\n", "set|y<\nEND \n>")]
    [InlineData("a <<tolong88\n\nb\n", "a|<<tolong88", "", "b")]
    [InlineData("no end")]
    public void Commands_of_an_input(string text, params string[] expected) => Assert.Equal(expected, All(text));

    [Fact]
    public void Torn_input_gives_the_same_commands()
    {
        byte[] bytes = Encoding.UTF8.GetBytes("a b;c\\;\nadd map x <<\nk v\n\nlast é\n");
        var input = new CliInput();
        var found = new List<string>();
        foreach (byte b in bytes)
        {
            input.Append([b]);
            for (CliInputStatus s = input.Take(); s != CliInputStatus.Incomplete; s = input.Take())
                if (s == CliInputStatus.Command)
                    found.Add(string.Join('|', input.Words) + input.Payload);
        }
        Assert.Equal(["a|b", "c;", "add|map|xk v\n", "last|é"], found);
        Assert.True(input.IsEmpty);
    }

    [Fact]
    public void A_command_without_end_is_refused_at_the_limit()
    {
        var input = new CliInput();
        byte[] part = new byte[1000];
        System.Array.Fill(part, (byte)'x');
        int fed = 0;
        while (input.Take() == CliInputStatus.Incomplete)
        {
            input.Append(part);
            fed += part.Length;
        }
        Assert.InRange(fed, CliInput.MaxCommand, CliInput.MaxCommand + 2000);
    }

    [Fact]
    public void A_payload_without_end_is_refused_at_the_limit()
    {
        var input = new CliInput();
        input.Append("x <<\n"u8);
        byte[] line = new byte[1000];
        System.Array.Fill(line, (byte)'x');
        line[^1] = (byte)'\n';
        int fed = 0;
        CliInputStatus status;
        while ((status = input.Take()) != CliInputStatus.TooLong)
            if (status == CliInputStatus.Incomplete)
            {
                input.Append(line);
                fed += line.Length;
            }
        Assert.InRange(fed, CliInput.MaxPayload - 2000, CliInput.MaxPayload + 2000);
    }
}
