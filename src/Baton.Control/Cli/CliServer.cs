// The runtime API on the stats sockets: takes connections from their listeners and holds the command table.
using System.Collections.Generic;
using System.Text;
using Baton.Configuration.Model;
using Baton.Engine;
using Baton.Engine.Connections;
using Baton.Engine.Listeners;
using Baton.Engine.Loop;

namespace Baton.Control.Cli;

/// <summary>Shared by all workers; commands run on the worker that owns the asking connection.</summary>
public sealed class CliServer(EngineState engine, IEnumerable<CliCommand> extra) : IConnectionTarget
{
    private readonly List<CliCommand> _commands = [.. OwnCommands, .. extra];

    /// <summary>The commands of this room.</summary>
    public static IEnumerable<CliCommand> OwnCommands => [.. InformationCommands.Rows, .. ServerCommands.Rows, .. FrontendCommands.Rows];

    public EngineState Engine => engine;
    public IReadOnlyList<CliCommand> Commands => _commands;

    public bool HasRoom(ListenerState listener) => listener.CurrentSessions < engine.Config.Global.StatsMaxConn + 1;

    public void Accepted(Worker worker, ListenerState listener, int fd, in SocketAddress source) => new CliConnection(this, worker, listener, fd).Start();

    /// <summary>The longest command that begins the line, or null.</summary>
    public CliCommand? Find(List<string> words)
    {
        CliCommand? best = null;
        int length = 0;
        foreach (CliCommand command in _commands)
        {
            string[] parts = command.Words.Split(' ');
            if (parts.Length > words.Count || parts.Length <= length) continue;
            bool match = true;
            for (int i = 0; i < parts.Length && match; i++) match = parts[i] == words[i];
            if (match) (best, length) = (command, parts.Length);
        }
        return best;
    }

    /// <summary>Runs one command; unknown words get the list of what there is.</summary>
    public void Run(CliRequest request)
    {
        if (request.Words.Count == 0) return;
        CliCommand? command = Find(request.Words);
        if (request.Words[0] == "help") { Help(request.Answer, request.Level); return; }
        if (command is null)
        {
            request.Line($"Unknown command: '{request.Words[0]}', but maybe one of the following ones is a better match:");
            Help(request.Answer, request.Level);
            return;
        }
        if (command.Level > request.Level) { request.Line("Permission denied"); return; }
        command.Run(request);
    }

    private void Help(StringBuilder answer, CliLevel level)
    {
        answer.Append("The following commands are valid at this level:\n");
        foreach (CliCommand c in _commands)
            if (c.Level <= level && !c.Words.StartsWith('_')) answer.Append($"  {(c.Words + " " + c.Arguments).TrimEnd(),-40} : {c.Summary}\n");
        answer.Append($"  {"help",-40} : list the commands\n  {"prompt",-40} : toggle interactive mode with prompt\n  {"quit",-40} : disconnect\n");
    }
}
