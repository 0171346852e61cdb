// "baton man": a page for each command, with each of its options, that roff has nothing to say about.
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Commands;

public sealed partial class ManualTests : Scenario
{
    private static readonly string[] s_commands =
    [
        "check",
        "completion",
        "coverage",
        "diff",
        "explain",
        "help",
        "man",
        "quickstart",
        "reload",
        "test",
        "top",
        "version",
    ];

    public static TheoryData<string> Commands => [.. s_commands];

    [Theory]
    [MemberData(nameof(Commands))]
    public void A_page_has_each_option_that_the_usage_names(string command)
    {
        string page = CommandRuns.Run("man", command).Output,
            usage = CommandRuns.Run(command, "--help").Output.Split('\n')[0];
        Assert.Contains($".TH BATON\\-{command.ToUpperInvariant()} 1 ", page);
        List<string> options = [.. Option().Matches(usage).Select(m => m.Value.Trim(' ', '[', '(', '|'))];
        foreach (string option in options)
        {
            Assert.Contains($"\\fB{option.Replace("-", "\\-", StringComparison.Ordinal)}\\fR", page);
            // and the help says what it does
            Assert.Matches($@"(?m)^ +{option}( |$)", CommandRuns.Run(command, "--help").Output);
        }
        // and none that the usage does not
        Assert.Equal(options.Distinct().Count(), PageOption().Count(page));
    }

    [Fact]
    public void They_are_written_into_a_directory_and_roff_reads_them()
    {
        string into = Path.Combine(Directory, "man1");
        Assert.Equal(0, CommandRuns.Run("man", "--into", into).Status);
        Assert.Equal(
            [.. s_commands.Select(c => $"baton-{c}.1").Append("baton.1").Order(StringComparer.Ordinal)],
            System.IO.Directory.GetFiles(into).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)
        );
        string program = File.ReadAllText(Path.Combine(into, "baton.1"));
        foreach (string command in s_commands)
            Assert.Contains($".BR baton\\-{command} (1)", program);
        if (!File.Exists("/usr/bin/groff"))
            Assert.Skip("groff is not installed");
        foreach (string file in System.IO.Directory.GetFiles(into))
            Assert.Equal((0, ""), Run("groff", "-man", "-Tascii", "-ww", "-z", file));
    }

    [Fact]
    public void A_near_miss_is_asked_about()
    {
        (int status, _, string errors) = CommandRuns.Run("man", "tpo");
        Assert.Equal(1, status);
        Assert.Contains("did you mean 'top'?", errors);
    }

    [GeneratedRegex(@"[ \[(|]--?[a-zA-Z][a-z-]*")]
    private static partial Regex Option();

    [GeneratedRegex(@"(?m)^\.TP\n\\fB")]
    private static partial Regex PageOption();
}
