// "baton completion SHELL": what a shell needs to complete commands and options, made from the same tables that parse them.
using System;
using System.Text;
using Baton.Control.Reference;
using Baton.Interop.Linux;

namespace Baton.Commands;

internal static class CompletionCommand
{
    public const string Arguments = "bash|zsh|fish";
    public const string Summary =
        "prints what the shell needs to complete commands and options:\n"
        + "bash: source <(baton completion bash); zsh: the same; fish: baton completion fish | source";

    public static int Run(string[] args)
    {
        string? text =
            args.Length != 1 ? null
            : args[0] == "bash" ? Bash()
            : args[0] == "zsh" ? "autoload -U +X bashcompinit && bashcompinit\n" + Bash()
            : args[0] == "fish" ? Fish()
            : null;
        if (text is null)
            return Companions
                .Find("completion")!
                .Refuse(
                    args.Length == 1 ? Companions.WrongArgument(args[0], "bash", "zsh", "fish") : "'baton completion' takes a shell's name."
                );
        StandardStreams.Out(text);
        return 0;
    }

    private static string Names(Func<Companion, bool>? which = null)
    {
        var text = new StringBuilder();
        foreach (Companion c in Companions.All)
            if (which?.Invoke(c) != false)
                text.Append(text.Length > 0 ? " " : "").Append(c.Name);
        return text.ToString();
    }

    private static string Options(bool onlyFiles, string separator)
    {
        var text = new StringBuilder();
        foreach (CommandOption option in CommandOptions.Daemon)
            if (CommandOptions.TakesPath(option) || !onlyFiles)
                text.Append(text.Length > 0 ? separator : "").Append(option.Name);
        return text.ToString();
    }

    private static string OptionsOf(Companion command) => string.Join(' ', Array.ConvertAll(command.Options, static o => o.Name));

    /// <summary>Words of the configuration language, for "baton help".</summary>
    private static string Words()
    {
        var words = new System.Collections.Generic.SortedSet<string>(StringComparer.Ordinal);
        foreach ((_, string name) in BuiltKeywords.Collect())
            words.Add(name.Split(' ')[0]);
        words.RemoveWhere(static w => w.AsSpan().IndexOfAny("'\"()<>%$`\\") >= 0);
        return string.Join(' ', words);
    }

    private static string Bash()
    {
        var text = new StringBuilder("# completion of baton for bash, made by 'baton completion bash'\n_baton() {\n");
        text.Append("    local word=\"${COMP_WORDS[COMP_CWORD]}\" before=\"${COMP_WORDS[COMP_CWORD-1]}\" words=\"\"\n    COMPREPLY=()\n");
        text.Append(
            $"    case \"$before\" in\n        {Options(onlyFiles: true, "|")}) COMPREPLY=($(compgen -f -- \"$word\")); return;;\n"
                + "    esac\n"
        );
        text.Append("    if [ \"$COMP_CWORD\" -eq 1 ]; then\n");
        text.Append($"        words=\"{Names()} {Options(onlyFiles: false, " ")}\"\n    else\n        case \"${{COMP_WORDS[1]}}\" in\n");
        foreach (Companion c in Companions.All)
        {
            string words =
                c.Name == "help" ? Words()
                : c.Name == "completion" ? "bash zsh fish"
                : c.Name == "man" ? Names() + " --into"
                : OptionsOf(c);
            text.Append($"            {c.Name}) words=\"{words}\";;\n");
        }
        text.Append($"            -*) words=\"{Options(onlyFiles: false, " ")}\";;\n        esac\n    fi\n");
        text.Append("    COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n    case \"${COMP_WORDS[1]}\" in\n");
        text.Append(
            "        check|diff|test|top|-*) COMPREPLY+=($(compgen -f -- \"$word\"));;\n"
                + "    esac\n}\ncomplete -o filenames -F _baton baton\n"
        );
        return text.ToString();
    }

    private static string Fish()
    {
        var text = new StringBuilder("# completion of baton for fish, made by 'baton completion fish'\n");
        foreach (Companion c in Companions.All)
        {
            text.Append($"complete -c baton -n __fish_use_subcommand -f -a {c.Name} -d '{Quoted(c.Summary.Split('\n')[0])}'\n");
            foreach (CommandOption option in c.Options)
                text.Append(
                    $"complete -c baton -n '__fish_seen_subcommand_from {c.Name}' "
                        + (option.Name.StartsWith("--", StringComparison.Ordinal) ? $"-l {option.Name[2..]}" : $"-o {option.Name[1..]}")
                        + $"{(CommandOptions.TakesPath(option) ? " -r -F" : "")} -d '{Quoted(option.Says)}'\n"
                );
        }
        text.Append($"complete -c baton -n '__fish_seen_subcommand_from help' -f -a '{Words()}'\n");
        text.Append("complete -c baton -n '__fish_seen_subcommand_from completion' -f -a 'bash zsh fish'\n");
        foreach (CommandOption option in CommandOptions.Daemon)
            text.Append(
                $"complete -c baton -n __fish_use_subcommand -o {option.Name[1..]} "
                    + $"{(CommandOptions.TakesPath(option) ? "-r -F " : "")}-d '{Quoted(option.Says)}'\n"
            );
        return text.ToString();
    }

    private static string Quoted(string text) => text.Replace("'", "\\'", StringComparison.Ordinal);
}
