// The words for people: "baton WORD ...". The daemon's own options all begin with a dash.
using System;
using System.IO;
using Baton.Configuration.Catalog;
using Baton.Interop.Linux;

namespace Baton.Commands;

/// <summary>A command: what it is called, how, what it does, and what runs it.</summary>
internal sealed record Companion(string Name, string Arguments, string Summary, Func<string[], int> Run)
{
    /// <summary>What <see cref="Arguments"/> names, each with a sentence.</summary>
    public CommandOption[] Options { get; init; } = [];

    /// <summary>For its manual page.</summary>
    public string Example { get; init; } = "";

    public string Usage =>
        $"Usage: baton {Name}{(Arguments.Length > 0 ? " " + Arguments : "")}\n    {Summary.Replace("\n", "\n    ")}\n"
        + (Options.Length > 0 ? "\n" + CommandOptions.Text(Options) : "");

    /// <summary>For a command that was called in a way it does not know.</summary>
    public int Refuse(string why)
    {
        StandardStreams.Error($"{why}\n{Usage}");
        return 1;
    }
}

internal static class Companions
{
    private const string CaseExample = """
        - name: pictures have servers of their own
          request: GET /img/x
          headers:
            - "Host: shop.example"
          from: 10.1.2.3
          expect:
            backend: static
            rule: use_backend static if is_static
        """;

    public static readonly Companion[] All =
    [
        new("check", "FILE...", "shows what is wrong in a configuration, with the line and the word", CheckCommand.Run),
        new(
            "help",
            "[WORD...]",
            "explains a word of the configuration language: what it does, where it stands, its arguments, an example",
            HelpCommand.Run
        ),
        new("explain", Explain.ExplainOptions.Arguments, Explain.ExplainCommand.Summary, Explain.ExplainCommand.Run)
        {
            Options = CommandOptions.Explain,
            Example = "baton explain -f my.cfg --request 'GET /img/x' --header 'Host: a' --from 10.1.2.3 --expect backend=static",
        },
        new("test", Cases.TestCommand.Arguments, Cases.TestCommand.Summary, Cases.TestCommand.Run)
        {
            Options = CommandOptions.Test,
            Example = "baton test -f my.cfg cases.yml\n\n# cases.yml\n" + CaseExample,
        },
        new("diff", DiffCommand.Arguments, DiffCommand.Summary, DiffCommand.Run) { Example = "baton diff /etc/baton/baton.cfg my.cfg" },
        new("top", Top.TopOptions.Arguments, Top.TopCommand.Summary, Top.TopCommand.Run)
        {
            Options = CommandOptions.Top,
            Example =
                "baton top /run/baton.sock\nbaton top -S /run/baton-master.sock --view streams\n"
                + "baton top 10.0.0.1:9999 --once --sort 5xx/s",
        },
        new("reload", ReloadCommand.Arguments, ReloadCommand.Summary, ReloadCommand.Run)
        {
            Options = CommandOptions.Reload,
            Example = "baton reload -p /run/baton.pid --dry-run && baton reload -p /run/baton.pid",
        },
        new(
            "coverage",
            "[--section SECTION] [--status built|hint|refused|obsolete] [--json | --markdown]",
            "lists every HAProxy keyword and whether it is supported",
            CoverageCommand.Run
        )
        {
            Options = CommandOptions.Coverage,
        },
        new("quickstart", QuickstartCommand.Arguments, QuickstartCommand.Summary, QuickstartCommand.Run)
        {
            Options = CommandOptions.Quickstart,
        },
        new("completion", CompletionCommand.Arguments, CompletionCommand.Summary, CompletionCommand.Run),
        new("man", ManCommand.Arguments, ManCommand.Summary, ManCommand.Run) { Options = CommandOptions.Man },
        new("version", "", "says which version this is, as -v does", static _ =>
        {
            StandardStreams.Out(BuildDescription.Version());
            return 0;
        }),
    ];

    public static Companion? Find(string name) => Array.Find(All, c => c.Name == name);

    /// <summary>Runs the command named by the first argument; its exit status.</summary>
    public static int Run(string[] args)
    {
        if (Find(args[0]) is not { } command)
            return Unknown(args[0]);
        if (args.Length == 2 && args[1] is "-h" or "--help")
        {
            StandardStreams.Out(command.Usage);
            return 0;
        }
        return command.Run(args[1..]);
    }

    private static int Unknown(string word)
    {
        string hint =
            Spelling.Nearest(word, Array.ConvertAll(All, static c => c.Name)) is { } near ? $"; did you mean 'baton {near}'?"
            : File.Exists(word) || Directory.Exists(word) ? $"; 'baton -f {word}' runs a configuration, 'baton check {word}' looks at it"
            : "; 'baton --help' lists them";
        StandardStreams.Error($"baton: no command '{word}'{hint}\n");
        return 1;
    }

    /// <summary>What is wrong with an argument, with the one that was meant.</summary>
    public static string WrongArgument(string argument, params string[] known) =>
        $"unknown or incomplete argument '{argument}'{(Spelling.Nearest(argument, known) is { } near && near != argument ? $"; did you mean '{near}'?" : "")}";
}
