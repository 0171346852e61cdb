// Commands about the asking connection itself: prompt, quit, level, modes, time-out; and the sockets one can ask on.
using System.Globalization;
using System.Linq;
using Baton.Configuration.Model;
using Baton.Configuration.Values;
using Baton.Engine.Listeners;

namespace Baton.Control.Cli;

internal static class SessionCommands
{
    /// <summary>prompt [n|i|p|timed]*: without an argument it toggles interactive mode with a prompt.</summary>
    private static void Prompt(CliRequest r)
    {
        CliSession s = r.Session;
        if (r.Words.Count == 1)
        {
            s.Interactive = s.Prompt = !s.Interactive;
            return;
        }
        for (int i = 1; i < r.Words.Count; i++)
        {
            switch (r[i])
            {
                case "n":
                    s.Interactive = s.Prompt = false;
                    break;
                case "i":
                    (s.Interactive, s.Prompt) = (true, false);
                    break;
                case "p":
                    s.Interactive = s.Prompt = true;
                    break;
                case "timed":
                    s.Timed = !s.Timed;
                    s.Interactive = s.Prompt = true;
                    break;
                default:
                    r.Fail("'prompt' only supports 'n', 'i', 'p' and 'timed'.");
                    return;
            }
        }
    }

    /// <summary>A session can lower its level, never raise it.</summary>
    private static void Lower(CliRequest r, CliLevel level)
    {
        if (level > r.Level)
        {
            r.Feedback(6, "Permission denied");
            return;
        }
        r.Session.Level = level;
    }

    private static void Mode(CliRequest r, CliModes mode)
    {
        switch (r[1])
        {
            case "":
                r.Feedback(6, $"{r[0]} is {((r.Session.Modes & mode) != 0 ? "ON" : "OFF")}");
                return;
            case "on":
                r.Session.Modes |= mode;
                return;
            // COMPAT: any other word switches it off
            default:
                r.Session.Modes &= ~mode;
                return;
        }
    }

    private static void Timeout(CliRequest r)
    {
        if (r[2] != "cli")
        {
            r.Fail("'set timeout' only supports 'cli'.");
            return;
        }
        if (r[3].Length == 0)
        {
            r.Fail("Expects an integer value.");
            return;
        }
        if (UnitParser.Time(r[3], TimeUnit.Second, out long ms) is not null || ms <= 0)
        {
            r.Fail("Invalid timeout value.");
            return;
        }
        r.Session.TimeoutMs = ms;
    }

    private static void Severity(CliRequest r)
    {
        switch (r[2])
        {
            case "none":
                r.Session.Severity = SeverityOutput.None;
                return;
            case "number":
                r.Session.Severity = SeverityOutput.Number;
                return;
            case "string":
                r.Session.Severity = SeverityOutput.Text;
                return;
            default:
                r.Fail("one of 'none', 'number', 'string' is a required argument");
                return;
        }
    }

    private static string Name(CliLevel level) => level.ToString().ToLowerInvariant();

    private static void Sockets(CliRequest r)
    {
        r.Line("# socket lvl processes");
        foreach (ListenerState l in r.Engine.Listeners)
            if (l.Target is CliServer)
                r.Line($"{Address(l)} {Name(l.Config.Level)} all");
    }

    private static string Address(ListenerState l)
    {
        if (l.IsSocketPair)
            return $"sockpair@{l.InheritedDescriptor}";
        if (l.Endpoint is not { } e)
            return $"fd@{l.InheritedDescriptor}";
        if (e.Path.Length > 0)
            return e.Path[0] == '\0' ? $"abns@{e.Path[1..]}" : $"unix@{e.Path}";
        string port = e.Address.Port.ToString(CultureInfo.InvariantCulture);
        return e.Address.IsIPv4 ? $"ipv4@{e.Address.IpToString()}:{port}" : $"ipv6@[{e.Address.IpToString()}]:{port}";
    }

    /// <summary>echo TEXT...: for scripts that mark places in their output.</summary>
    private static void Echo(CliRequest r) => r.Feedback(6, string.Join(' ', r.Words.Skip(1)));

    internal static readonly CliCommand[] Rows =
    [
        new("echo", "<text>", CliLevel.User, "answer with the text itself", Echo),
        new("prompt", "[n|i|p|timed]", CliLevel.User, "toggle interactive mode with prompt", Prompt),
        new("quit", "", CliLevel.User, "disconnect", r => r.Session.Ended = true),
        new("operator", "", CliLevel.Operator, "give up the admin level for this session", r => Lower(r, CliLevel.Operator)),
        new("user", "", CliLevel.User, "go down to the lowest level for this session", r => Lower(r, CliLevel.User)),
        new("expert-mode", "[on|off]", CliLevel.Admin, "show or switch this session's access to dangerous commands", r =>
            Mode(r, CliModes.Expert)
        ),
        new("experimental-mode", "[on|off]", CliLevel.Admin, "show or switch this session's access to unfinished commands", r =>
            Mode(r, CliModes.Experimental)
        ),
        new("set timeout", "[cli] <delay>", CliLevel.User, "change how long this session may be idle", Timeout),
        new("set severity-output", "[none|number|string]", CliLevel.User, "show or hide the severity of feedback", Severity),
        new("show cli level", "", CliLevel.User, "level of this session", r => r.Feedback(6, Name(r.Level))),
        new("show cli sockets", "", CliLevel.User, "sockets of the runtime API and their levels", Sockets),
    ];
}
