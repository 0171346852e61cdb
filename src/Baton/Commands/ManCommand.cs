// "baton man [COMMAND]": manual pages in roff, made from the tables of commands and options, so that they say what this binary does.
using System;
using System.IO;
using System.Text;
using Baton.Interop.Linux;

namespace Baton.Commands;

internal static class ManCommand
{
    public const string Arguments = "[COMMAND | --into DIRECTORY]";
    public const string Summary =
        "writes a manual page: that of the program, or of a command; read it with 'baton man top | man -l -',\n"
        + "or write all of them with --into /usr/share/man/man1";

    public static int Run(string[] args)
    {
        if (args.Length == 2 && args[0] == "--into")
            return Install(args[1]);
        if (args.Length > 1 || args.Length == 1 && Companions.Find(args[0]) is null)
            return Companions
                .Find("man")!
                .Refuse(Companions.WrongArgument(args[0], [.. Array.ConvertAll(Companions.All, static c => c.Name), "--into"]));
        StandardStreams.Out(args.Length == 0 ? Program() : Page(Companions.Find(args[0])!));
        return 0;
    }

    private static int Install(string directory)
    {
        try
        {
            Directory.CreateDirectory(directory);
            File.WriteAllText(Path.Combine(directory, "baton.1"), Program());
            foreach (Companion c in Companions.All)
                File.WriteAllText(Path.Combine(directory, $"baton-{c.Name}.1"), Page(c));
            return 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            StandardStreams.Error($"baton man: {e.Message}\n");
            return 1;
        }
    }

    /// <summary>What roff would take for a request or an escape is only text.</summary>
    private static string Escaped(string text)
    {
        text = text.Replace("\\", "\\e", StringComparison.Ordinal)
            .Replace("-", "\\-", StringComparison.Ordinal)
            .Replace("'", "\\(aq", StringComparison.Ordinal)
            .Replace("\"", "\\(dq", StringComparison.Ordinal);
        return text.StartsWith('.') ? "\\&" + text : text;
    }

    private static StringBuilder Begin(string name, string says)
    {
        var page = new StringBuilder(".\\\" made by 'baton man'\n");
        page.Append(
                $".TH {name.ToUpperInvariant().Replace("-", "\\-", StringComparison.Ordinal)} 1"
                    + $" \"{Baton.Program.ReleaseDate.Replace('/', '-')}\""
            )
            .Append($" \"Baton {Baton.Program.Version}\" \"User Commands\"\n");
        return page.Append($".SH NAME\n{Escaped(name)} \\- {Escaped(says)}\n");
    }

    private static void Options(StringBuilder page, CommandOption[] options)
    {
        foreach (CommandOption o in options)
        {
            page.Append($".TP\n\\fB{Escaped(o.Name)}\\fR");
            if (o.Argument.Length > 0)
                page.Append($" \\fI{Escaped(o.Argument)}\\fR");
            page.Append($"\n{Escaped(o.Says)}.\n");
        }
    }

    private static string Page(Companion c)
    {
        string[] lines = c.Summary.Split('\n');
        StringBuilder page = Begin($"baton-{c.Name}", lines[0].TrimEnd(';', ',', ':'));
        page.Append($".SH SYNOPSIS\n\\fBbaton {Escaped(c.Name)}\\fR {Escaped(c.Arguments)}".TrimEnd()).Append('\n');
        page.Append(".SH DESCRIPTION\n").Append($"\\fBbaton {Escaped(c.Name)}\\fR\n");
        foreach (string line in lines)
            page.Append(Escaped(line)).Append('\n');
        if (c.Options.Length > 0)
            Options(page.Append(".SH OPTIONS\n"), c.Options);
        if (c.Example.Length > 0)
        {
            page.Append(".SH EXAMPLES\n.nf\n");
            foreach (string line in c.Example.Split('\n'))
                page.Append(Escaped(line)).Append('\n');
            page.Append(".fi\n");
        }
        return page.Append(".SH SEE ALSO\n.BR baton (1)\n").ToString();
    }

    private static string Program()
    {
        StringBuilder page = Begin("baton", "TCP and HTTP load balancer whose reload loses nothing");
        page.Append(
            """
            .SH SYNOPSIS
            \fBbaton\fR [\fB\-D\fR | \fB\-db\fR | \fB\-W\fR | \fB\-Ws\fR] \fB\-f\fR \fIpath\fR ... [\fB\-p\fR \fIpidfile\fR]
            [\fB\-x\fR \fIsocket\fR \fB\-sf\fR \fIpid\fR ...]
            .br
            \fBbaton\fR \fIcommand\fR [\fIarguments\fR]
            .SH DESCRIPTION
            .B baton
            reads configurations in HAProxy\(aqs language and serves what they describe.
            It takes HAProxy\(aqs command line and answers HAProxy\(aqs runtime API, so that it can stand in HAProxy\(aqs place, and take a
            running HAProxy\(aqs sockets over.
            A new process gets the listening sockets of the one before it; between two Batons connections, counters and what an operator
            changed move too.
            .SH OPTIONS

            """
        );
        Options(page, CommandOptions.Daemon);
        page.Append(".PP\nThe other options of HAProxy are taken too; \\fBbaton \\-\\-help\\fR lists them.\n.SH COMMANDS\n");
        foreach (Companion c in Companions.All)
            page.Append($".TP\n\\fB{Escaped(c.Name)}\\fR {Escaped(c.Arguments)}".TrimEnd())
                .Append($"\n{Escaped(c.Summary.Replace('\n', ' '))}.\nSee\n.BR baton\\-{c.Name} (1).\n");
        return page.Append(
                """
                .SH SIGNALS
                .TP
                .B SIGUSR1
                stops listening, finishes what there is, ends.
                .TP
                .BR SIGTERM ", " SIGINT
                end at once.
                .TP
                .BR SIGUSR2 ", " SIGHUP
                let a master reload.
                .SH FILES
                .TP
                .I /etc/baton/baton.cfg
                what the service of systemd reads;
                .I /etc/default/baton
                may set CONFIG, PIDFILE and EXTRAOPTS for it.
                .SH EXAMPLES
                .nf
                baton \-c \-f my.cfg
                baton \-D \-f my.cfg \-p /run/baton.pid
                baton reload \-p /run/baton.pid
                .fi
                .SH SEE ALSO
                .BR haproxy (1),
                and docs/ in the sources: command\-line.md, reload.md, runtime\-api.md, keywords.md.

                """
            )
            .ToString();
    }
}
