// What a newcomer copies: the lines of the README and the files of examples/, exactly as they stand there.
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Commands;

public class WrittenLinesTests
{
    private static readonly string[] s_readme = File.ReadAllLines(Path.Combine(Sandbox.Root, "README.md"));

    /// <summary>The indented blocks under a heading of the README.</summary>
    private static List<string> Blocks(string heading)
    {
        int from = Array.IndexOf(s_readme, "## " + heading),
            to = Array.FindIndex(s_readme, from + 1, static line => line.StartsWith("## ", StringComparison.Ordinal));
        Assert.True(from >= 0, heading);
        var blocks = new List<string>();
        bool inside = false;
        foreach (string line in s_readme[from..to])
        {
            bool code = line.StartsWith("    ", StringComparison.Ordinal);
            if (code && inside)
                blocks[^1] += line[4..] + "\n";
            else if (code)
                blocks.Add(line[4..] + "\n");
            else if (line.Length == 0 && inside)
                blocks[^1] += "\n";
            // a blank line is within a block, a line of text is not
            inside = code || inside && line.Length == 0;
        }
        return blocks;
    }

    [Fact]
    public void The_lines_of_the_README_do_what_they_say()
    {
        List<string> first = Blocks("A first configuration"),
            reload = Blocks("Reload"),
            swap = Blocks("From Baton to HAProxy and back, while it serves");
        Assert.StartsWith("global", first[0]);
        Assert.Equal((2, 2, 2), (first.Count, reload.Count, swap.Count));
        string changed = Regex.Match(string.Join('\n', s_readme), "say to `(server two [^`]*)`").Groups[1].Value;
        Assert.NotEmpty(changed);
        string script = $$"""
            set -e
            cat > my.cfg <<'END'
            {{first[0].TrimEnd()}}
            END
            baton quickstart > /tmp/quickstart.log 2>&1 &
            until curl -s -o /dev/null http://127.0.0.1:8080/health; do sleep 0.1; done
            {{Lines(first[1])}}
            # from here on nobody may notice anything
            (while curl -sf --max-time 50 http://127.0.0.1:8000/ >> /tmp/answers; do sleep 0.02; done; echo failed >> /tmp/answers) &
            sed -i 's/server two .*/{{changed}}/' my.cfg
            {{Lines(reload[0])}}
            {{Lines(reload[1])}}
            {{string.Join(
                "\n",
                swap[0].TrimEnd().Split('\n').Select(line => line + "\nsleep 1; tr '\\0' ' ' < /proc/$(cat /tmp/baton.pid)/cmdline; echo")
            )}}
            until grep -q red /tmp/answers && grep -q blue /tmp/answers; do sleep 0.1; done
            sort /tmp/answers | uniq -c
            {{Lines(swap[1])}}
            """;
        (int status, string output) = Sandbox.Run(script);
        Assert.True(status == 0, output);
        Assert.Contains("Configuration file is valid", output);
        Assert.Contains("Reloaded in", output);
        Assert.Contains("~ server two 127.0.0.1:8082  ->  server two 127.0.0.1:8083 weight 3", output);
        Assert.Matches(@"haproxy -D -f my.cfg[^\n]*\n[^\n]*baton -D -f my.cfg", output.Replace("\n\n", "\n"));
        Assert.Matches(@" \d+ red\n", output);
        Assert.Matches(@" \d+ blue\n", output);
        Assert.DoesNotContain("failed\n", output);
    }

    private static string Lines(string block) => block.TrimEnd();

    [Fact]
    public void The_README_counts_words_as_coverage_does()
    {
        string[] row = CommandRuns
            .Run("coverage")
            .Output.Split('\n')
            .Single(line => line.StartsWith("all, each once", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries);
        int[] counts = [.. row[3..].Select(int.Parse)];
        string text = string.Join(' ', s_readme.Select(static line => line.TrimStart('>', ' ')));
        Assert.Contains(
            $"of {counts[4]:#,0}, **{counts[0]:#,0} are built**, {counts[1]} are accepted with a warning because they change nothing here, {counts[2]:#,0} are refused by name, and HAProxy itself has removed {counts[3]}.",
            text
        );
    }

    [Fact]
    public void What_the_README_says_it_cannot_do_is_refused()
    {
        string box = string.Join(
            ' ',
            s_readme
                .SkipWhile(static l => !l.StartsWith("> ", StringComparison.Ordinal))
                .TakeWhile(static l => l.StartsWith("> ", StringComparison.Ordinal))
        );
        foreach (
            (string said, string word) in (ReadOnlySpan<(string, string)>)
                [("caching", "cache"), ("SPOE", "spoe"), ("`log-forward`", "log-forward"), ("rings", "ring")]
        )
        {
            Assert.Contains(said, box);
            Assert.Contains("not supported by Baton yet", CommandRuns.Run("help", word.Split(' ')).Output);
        }
    }

    public static TheoryData<string> Examples =>
        [
            .. Directory
                .GetFiles(Path.Combine(Sandbox.Root, "examples"), "*.cfg", SearchOption.AllDirectories)
                .Select(f => Path.GetRelativePath(Sandbox.Root, f))
                .Order(),
        ];

    [Theory, MemberData(nameof(Examples))]
    public void Every_example_runs_as_it_is_on_both_programs(string file)
    {
        string path = $"{Sandbox.Tree}/{file}";
        foreach (string program in (string[])["baton", "haproxy"])
        {
            (int status, string output) = Sandbox.Run(
                $"""
                {program} -dW -c -f {path} || exit 1
                {program} -db -f {path} > /tmp/log 2>&1 & process=$!
                for i in $(seq 100); do curl -sf http://127.0.0.1:8080/ && break; sleep 0.1; done || exit 1
                kill $process; wait $process
                cat /tmp/log
                """
            );
            Assert.True(status == 0, $"{program} {file}: {output}");
            Assert.Contains("valid", output);
            Assert.Matches("red|hello", output);
            Assert.DoesNotContain("WARNING", output);
        }
        // vim knows the language by this line, whatever the file is called
        Assert.Contains("vim: ft=haproxy", File.ReadAllText(Path.Combine(Sandbox.Root, file)));
    }
}
