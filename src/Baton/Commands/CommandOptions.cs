// The options of the daemon and of each command, once: for --help, for completion, for manual pages.
using System;

namespace Baton.Commands;

internal static class CommandOptions
{
    private const string ConfigurationFile = "a configuration file, or a directory of which *.cfg is read; may be repeated";

    /// <summary>HAProxy's options that people type. Those whose argument is a path are completed with one.</summary>
    public static readonly CommandOption[] Daemon =
    [
        new("-f", "PATH", ConfigurationFile),
        new("-c", "", "checks the configuration and exits: 0 when it would start, 1 when something is wrong, 2 when nothing would listen"),
        new("-cc", "CONDITION", "evaluates a condition and exits: 0 for true, 1 for false, 2 when it cannot be read"),
        new("-C", "PATH", "changes to a directory before anything is read"),
        new("-d", "", "stays in the foreground and prints what passes"),
        new("-db", "", "stays in the foreground"),
        new("-D", "", "runs in the background; the command ends when the process serves, and its status tells whether it does"),
        new("-dC", "", "prints the configuration as it was understood"),
        new("-dK", "", "lists words that work, by the classes behind it; -dKhelp lists those"),
        new("-dL", "", "lists loaded object files"),
        new("-dr", "", "servers whose names do not resolve start in maintenance"),
        new("-dW", "", "a warning is an error"),
        new("-L", "NAME", "name of the local peer"),
        new("-m", "MEGABYTES", "memory limit"),
        new("-n", "NUMBER", "maxconn of the process"),
        new("-N", "NUMBER", "maxconn of each proxy"),
        new("-p", "PATH", "writes the process id into a file"),
        new("-q", "", "says nothing at all"),
        new("-S", "PATH", "address of the master's command line, with options behind commas"),
        new("-sf", "PID...", "lets these processes finish what they have, once this one is ready"),
        new("-st", "PID...", "ends these processes, once this one is ready"),
        new("-v", "", "says which version this is"),
        new("-vv", "", "says which version this is and how it was built"),
        new("-V", "", "says more"),
        new("-W", "", "with a master that watches the worker and reloads it"),
        new("-Ws", "", "as -W, and tells systemd"),
        new("-x", "PATH", "takes the listening sockets, and all else, from a process through its stats socket"),
    ];

    private static readonly CommandOption s_configuration = new("-f", "FILE", ConfigurationFile);

    public static readonly CommandOption[] Explain =
    [
        s_configuration,
        new("--frontend", "NAME", "the section that takes the request, where several listen"),
        new("--request", "REQUEST", "method and target, such as 'GET /path'; GET / without it"),
        new("--header", "FIELD", "a field of the request, 'Name: value'; may be repeated"),
        new("--from", "ADDRESS[:PORT]", "the client; 127.0.0.1 without it"),
        new("--to", "ADDRESS:PORT", "what the client is connected to; the address of the first bind line without it"),
        new("--sni", "NAME", "the client comes over TLS and greets with this name"),
        new(
            "--expect",
            "WHAT=VALUE",
            "status 1 when it is not so: backend, server, status, header (of the answer), request-header (as the server gets it), rule"
                + " (FILE:LINE, or its words); may be repeated"
        ),
        new("--json", "", "writes JSON"),
    ];

    public static readonly CommandOption[] Test = [s_configuration, new("--format", "FORMAT", "text (without it), tap, junit or json")];

    public static readonly CommandOption[] Top =
    [
        new("-S", "MASTER", "a master's command line; processes are its processes"),
        new("-p", "PIDFILE", "a process or master by its pid file, which is on this machine and ours to look at"),
        new("--process", "N", "which process of a master, as 1 (the worker) or !PID"),
        new("--view", "NAME", "processes, frontends, backends, servers (without it), streams or reloads"),
        new("--sort", "COLUMN", "the column that decides the order"),
        new("--reverse", "", "the other way round"),
        new("--filter", "TEXT", "only rows with the text in them"),
        new("--interval", "SECONDS", "how often to look; 2 without it"),
        new("--once", "", "prints the view as text and ends, as it does where there is no terminal"),
    ];

    public static readonly CommandOption[] Reload =
    [
        new("-p", "PIDFILE", "the process or master of a pid file"),
        new("-S", "MASTER-ADDRESS", "a master, by its command line"),
        new("--socket", "STATS-SOCKET", "a process, by its stats socket"),
        new("--dry-run", "", "changes nothing: says what would change, and whether the configuration would be accepted"),
    ];

    public static readonly CommandOption[] Coverage =
    [
        new("--section", "SECTION", "only words of that section"),
        new("--status", "STATUS", "only words that are built, hint, refused or obsolete"),
        new("--json", "", "writes JSON"),
        new("--markdown", "", "writes the table of the documentation"),
    ];

    public static readonly CommandOption[] Quickstart =
    [
        new("--port", "PORT", "listens there and on the next three ports"),
        new("--print", "", "writes the configuration instead of serving it"),
    ];

    public static readonly CommandOption[] Man =
    [
        new("--into", "DIRECTORY", "writes all pages into a directory, such as /usr/share/man/man1"),
    ];

    public static bool TakesPath(CommandOption option) => option.Argument is "PATH" or "FILE" or "PIDFILE" or "DIRECTORY";

    /// <summary>A line for each, for --help.</summary>
    public static string Text(CommandOption[] options)
    {
        int width = 0;
        foreach (CommandOption o in options)
            width = Math.Max(width, Head(o).Length);
        var text = new System.Text.StringBuilder();
        foreach (CommandOption o in options)
            text.Append("      ").Append(Head(o).PadRight(width)).Append("  ").Append(o.Says).Append('\n');
        return text.ToString();
    }

    private static string Head(CommandOption o) => o.Argument.Length > 0 ? $"{o.Name} {o.Argument}" : o.Name;
}
