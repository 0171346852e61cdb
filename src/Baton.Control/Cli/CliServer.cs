// The runtime API on the stats sockets: takes connections from their listeners and holds the command table.
using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Globalization;
using System.Threading;
using Baton.Configuration.Catalog;
using Baton.Engine;
using Baton.Engine.Connections;
using Baton.Engine.Listeners;
using Baton.Engine.Loop;

namespace Baton.Control.Cli;

/// <summary>Shared by all workers; commands run on the worker that owns the asking connection.</summary>
public sealed class CliServer(EngineState engine, IEnumerable<CliCommand> extra) : IConnectionTarget
{
    /// <summary>Commands offered for a word that is none.</summary>
    private const int MaxSuggestions = 5;

    private readonly List<CliCommand> _commands = [.. OwnCommands, .. extra];
    private readonly ConcurrentDictionary<Worker, CliTurns> _turns = new();
    private int _connections;

    /// <summary>The commands of this room.</summary>
    public static IEnumerable<CliCommand> OwnCommands =>
        [
            .. SessionCommands.Rows,
            .. InformationCommands.Rows,
            .. ServerCommands.Rows,
            .. BackendCommands.Rows,
            .. ServerTables.Rows,
            .. StreamCommands.Rows,
            .. FrontendCommands.Rows,
            .. ReloadCommands.Rows,
            .. TraceCommands.Rows,
            .. DiagnosticCommands.Rows,
            .. PatternCommands.Rows,
            .. ErrorCommands.Rows,
            .. VariableCommands.Rows,
            .. CookieCommands.Rows,
            .. ResolverCommands.Rows,
            .. PeersCommands.Rows,
            .. TableCommands.Rows,
            .. CertificateCommands.Rows,
            .. AuthorityCommands.Rows,
            .. CertificateListCommands.Rows,
            .. TicketKeyCommands.Rows,
            .. OcspCommands.Rows,
            .. StatsFileCommand.Rows,
            .. DeveloperCommand.Rows,
        ];

    /// <summary>Words that are no rows, because they concern the commands themselves.</summary>
    public static IEnumerable<string> BuiltIn => ["help"];

    public EngineState Engine => engine;
    public IReadOnlyList<CliCommand> Commands => _commands;

    /// <summary>"stats maxconn" counts over all sockets.</summary>
    public bool HasRoom(ListenerState listener) => Volatile.Read(ref _connections) < engine.Config.Global.StatsMaxConn;

    public void Accepted(Worker worker, ListenerState listener, int fd, in SocketAddress source)
    {
        Interlocked.Increment(ref _connections);
        new CliConnection(this, worker, listener, fd).Start();
    }

    /// <summary>On the worker's own thread.</summary>
    internal CliTurns TurnsOf(Worker worker) => _turns.GetOrAdd(worker, static w => new CliTurns(w));

    /// <summary>A connection is over.</summary>
    internal void Left(ListenerState listener)
    {
        Interlocked.Decrement(ref _connections);
        engine.Leave(listener);
        engine.Reserve.Refill();
        engine.ResumeFullListeners();
    }

    /// <summary>What the timed prompt shows: days:hours:minutes:seconds since the start.</summary>
    internal string Age()
    {
        long s = (Environment.TickCount64 - engine.StartedAtMs) / 1000;
        return string.Create(CultureInfo.InvariantCulture, $"[{s / 86400}:{s / 3600 % 24:00}:{s / 60 % 60:00}:{s % 60:00}]");
    }

    /// <summary>The longest command that begins the line, or null.</summary>
    public CliCommand? Find(List<string> words)
    {
        CliCommand? best = null;
        foreach (CliCommand command in _commands)
            if (command.Parts.Length > (best?.Parts.Length ?? 0) && Begins(command.Parts, words))
                best = command;
        return best;
    }

    private static bool Begins(string[] parts, List<string> words)
    {
        if (parts.Length > words.Count)
            return false;
        for (int i = 0; i < parts.Length; i++)
            if (parts[i] != words[i])
                return false;
        return true;
    }

    /// <summary>Runs one command. A line that is none is answered with the commands it may have meant.</summary>
    public void Run(CliRequest request)
    {
        if (request[0] == "help")
        {
            Help(request);
            return;
        }
        CliCommand? command = Find(request.Words);
        if (command is null)
        {
            Unknown(request);
            return;
        }
        if (MissingMode(command, request.Session) is { } mode)
        {
            request.Fail($"This command is restricted to {mode} mode only.");
            return;
        }
        if (command.Level > request.Level)
        {
            request.Feedback(6, "Permission denied");
            return;
        }
        try
        {
            command.Run(request);
        }
        // the process outlives a mistake in a command: an operator's typing must not cost a connection
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            request.Fail($"Internal error: {e.Message}");
        }
    }

    private static string? MissingMode(CliCommand command, CliSession session)
    {
        CliModes missing = command.Modes & ~session.Modes;
        return missing == CliModes.None ? null
            : (missing & CliModes.Expert) != 0 ? "expert"
            : "experimental";
    }

    /// <summary>help [words...]: all commands, or those that begin with the words.</summary>
    private void Help(CliRequest r)
    {
        List<string> wanted = r.Words.GetRange(1, r.Words.Count - 1);
        List<CliCommand> found = _commands.FindAll(c => StartsWith(c, wanted));
        if (found.Count == 0)
        {
            Suggest(r, wanted);
            return;
        }
        r.Feedback(6, "The following commands are valid at this level:");
        List(r, found);
    }

    private void Unknown(CliRequest r)
    {
        if (r.Words.Count == 0)
        {
            r.Feedback(6, "Unknown command. Please enter one of the following commands only:");
            List(r, _commands);
            return;
        }
        if (KnownElsewhere(r.Words) is { } known)
        {
            r.Fail($"'{known}' is a known HAProxy command, not supported by Baton yet.");
            return;
        }
        Suggest(r, r.Words);
    }

    private void Suggest(CliRequest r, List<string> words)
    {
        r.Feedback(6, "Unknown command, but maybe one of the following ones is a better match:");
        List<CliCommand> found = _commands.FindAll(c => StartsWith(c, words));
        for (int n = words.Count - 1; found.Count == 0 && n > 0; n--)
            found = _commands.FindAll(c => StartsWith(c, words.GetRange(0, n)));
        if (found.Count == 0)
            found = Nearest(string.Join(' ', words));
        List(r, found);
    }

    /// <summary>The last of the words may be cut short.</summary>
    private static bool StartsWith(CliCommand command, List<string> words)
    {
        if (words.Count > command.Parts.Length)
            return false;
        for (int i = 0; i < words.Count; i++)
            if (i == words.Count - 1 ? !command.Parts[i].StartsWith(words[i], StringComparison.Ordinal) : command.Parts[i] != words[i])
                return false;
        return true;
    }

    private List<CliCommand> Nearest(string text)
    {
        var near = new List<(int Distance, CliCommand Command)>();
        foreach (CliCommand c in _commands)
        {
            string begin = text.Length < c.Words.Length ? c.Words[..text.Length] : c.Words;
            near.Add((Spelling.Distance(text, begin, 40), c));
        }
        near.Sort((a, b) => a.Distance.CompareTo(b.Distance));
        return near.GetRange(0, Math.Min(MaxSuggestions, near.Count)).ConvertAll(n => n.Command);
    }

    /// <summary>The longest documented command that begins the line and is not built.</summary>
    private string? KnownElsewhere(List<string> words)
    {
        for (int n = Math.Min(words.Count, 4); n > 0; n--)
        {
            string text = string.Join(' ', words.GetRange(0, n));
            if (KeywordCatalog.Find(KeywordFamily.Command, text) is not null)
                return _commands.Exists(c => c.Words == text) ? null : text;
        }
        return null;
    }

    private static void List(CliRequest r, List<CliCommand> commands)
    {
        var rows = new List<CliCommand>(
            commands.FindAll(c => !c.Words.StartsWith('_') && c.Words is not ("prompt" or "quit") && MissingMode(c, r.Session) is null)
        );
        rows.Sort((a, b) => string.CompareOrdinal(a.Words, b.Words));
        foreach (CliCommand c in rows)
            Row(r, c.Words, c.Arguments, c.Summary);
        Row(r, "help", "[<command>]", "list matching or all commands");
        Row(r, "prompt", "[n|i|p|timed]", "toggle interactive mode with prompt");
        Row(r, "quit", "", "disconnect");
    }

    private static void Row(CliRequest r, string words, string arguments, string summary) =>
        r
            .Answer.Append("  ")
            .Append((arguments.Length == 0 ? words : words + " " + arguments).PadRight(40))
            .Append(": ")
            .Append(summary)
            .Append('\n');
}
