// "baton diff": what becomes another one between two configurations; "baton completion": what a shell makes of it.
using System;
using System.IO;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Commands;

public sealed class DiffCommandTests : Scenario
{
    private const string Before = """
        defaults
            mode http
            timeout connect 1s
            timeout client 1s
            timeout server 1s
        frontend web
            bind 127.0.0.1:8000
            default_backend app
        frontend old
            bind 127.0.0.1:8001
        backend app
            balance roundrobin # as before
            server one 127.0.0.1:81
            server two 127.0.0.1:82
        """;

    private string Write(string name, string text)
    {
        string file = Path.Combine(Directory, name);
        File.WriteAllText(file, text + "\n");
        return file;
    }

    private static (int Status, string Output) Diff(params string[] files) => Run(Products.Path(Product.Baton), ["diff", .. files]);

    [Fact]
    public void What_differs_is_said_in_words()
    {
        string after = Before
            .Replace("balance roundrobin # as before", "balance leastconn", StringComparison.Ordinal)
            .Replace("server two 127.0.0.1:82", "server two 127.0.0.1:92\n    server three 127.0.0.1:83", StringComparison.Ordinal)
            .Replace("server one 127.0.0.1:81", "", StringComparison.Ordinal)
            .Replace(
                "frontend old\n    bind 127.0.0.1:8001",
                "frontend new\n    bind 127.0.0.1:8001\n    bind 127.0.0.1:8002",
                StringComparison.Ordinal
            );
        (int status, string output) = Diff(Write("a.cfg", Before), Write("b.cfg", after));
        Assert.Equal(1, status);
        foreach (
            string line in (string[])
                [
                    "~ backend app",
                    "    - balance roundrobin",
                    "    + balance leastconn",
                    "    + server two 127.0.0.1:92",
                    "+ frontend new",
                    "- frontend old",
                    "    + listens on 127.0.0.1:8002 for 'new'",
                    "    ~ what comes on 127.0.0.1:8001 goes to 'new' and not to 'old' any more",
                    "    ! connections of 'old' do not move: they end in the old process",
                    "    + server app/three is new, at 127.0.0.1:83",
                    "    ~ server app/two is at 127.0.0.1:92 and not at 127.0.0.1:82",
                    "    ! server app/one is gone: what it serves now it serves to the end, in the old process",
                ]
        )
            Assert.Contains(line + "\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_the_same_is_0_and_what_is_wrong_2()
    {
        string a = Write("a.cfg", Before),
            b = Write("b.cfg", "# another comment\n" + Before);
        Assert.Equal((0, "The same configuration, line by line.\n"), Diff(a, b));
        Assert.Equal(2, Diff(a, Write("c.cfg", Before + "\n    nonsense")).Status);
        Assert.Equal(2, Diff(a, Path.Combine(Directory, "none.cfg")).Status);
        Assert.Equal(2, Diff(a).Status);
    }

    [Theory]
    [InlineData("baton comp", "completion")]
    [InlineData("baton completion z", "zsh")]
    [InlineData("baton help balanc", "balance")]
    [InlineData("baton coverage --mark", "--markdown")]
    [InlineData("baton -d", "-d -db -dC -dK -dL -dr -dW")]
    public void A_shell_completes_commands_options_and_words(string typed, string completed)
    {
        string[] words = typed.Split(' ');
        string script =
            $"source <({Products.Path(Product.Baton)} completion bash); COMP_WORDS=({typed}); COMP_CWORD={words.Length - 1}; "
            + $"cd {Directory}; _baton; echo \"${{COMPREPLY[*]}}\"";
        (int status, string output) = Run("/bin/bash", "-c", script);
        Assert.Equal((0, completed), (status, output.Trim()));
    }

    [Fact]
    public void Every_shell_has_its_own()
    {
        string baton = Products.Path(Product.Baton);
        Assert.Contains("bashcompinit", Run(baton, "completion", "zsh").Output, StringComparison.Ordinal);
        Assert.Contains(
            "complete -c baton -n __fish_use_subcommand -f -a diff",
            Run(baton, "completion", "fish").Output,
            StringComparison.Ordinal
        );
        Assert.Equal(1, Run(baton, "completion", "csh").Status);
    }
}
