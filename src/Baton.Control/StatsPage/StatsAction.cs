// What a form of the statistics page does to servers: "b=BACKEND&action=drain&s=SERVER&s=SERVER". Each action is a command of the runtime
// API, so that both do the same.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using Baton.Configuration.Model;
using Baton.Control.Cli;
using Baton.Core.Text;
using Baton.Engine.Listeners;
using Baton.Engine.Loop;
using Baton.Engine.Proxies;
using Baton.Engine.Servers;

namespace Baton.Control.StatsPage;

/// <summary>OWNER: the worker of the request.</summary>
internal sealed class StatsAction(Worker worker, ListenerState listener)
{
    /// <summary>Names of the outcome, as the page is told them behind ";st=".</summary>
    public const string Denied = "DENY",
        TooLong = "EXCD";
    private const string Done = "DONE",
        Nothing = "NONE",
        Partly = "PART",
        Wrong = "ERRP";

    /// <summary>Actions: the command (with the server in the place of *), and whether it has anything to do on a server.</summary>
    private static readonly (string Name, string Command, Predicate<ServerState>? Applies)[] s_actions =
    [
        ("ready", "set server * state ready", null),
        ("drain", "set server * state drain", null),
        ("maint", "set server * state maint", null),
        ("enable", "enable server *", static s => (s.Admin & AdminState.ForcedMaintenance) != 0),
        ("disable", "disable server *", static s => (s.Admin & AdminState.ForcedMaintenance) == 0),
        ("start", "set server * state ready", static s => (s.Admin & AdminState.ForcedDrain) != 0),
        ("stop", "set server * state drain", static s => (s.Admin & AdminState.ForcedDrain) == 0),
        // COMPAT: the health of one that tracks another is not its own
        ("hrunn", "set server * health up", static s => s.Tracked is null),
        ("hnolb", "set server * health stopping", static s => s.Tracked is null),
        ("hdown", "set server * health down", static s => s.Tracked is null),
        ("shutdown", "shutdown sessions server *", null),
        // COMPAT: of a server without such a check nothing is said
        ("dhlth", "disable health *", static s => s.Check is not null),
        ("ehlth", "enable health *", static s => s.Check is not null),
        ("dagent", "disable agent *", static s => s.Agent is not null),
        ("eagent", "enable agent *", static s => s.Agent is not null),
        ("arunn", "set server * agent up", static s => s.Agent is { Enabled: true }),
        ("adown", "set server * agent down", static s => s.Agent is { Enabled: true }),
    ];

    private static readonly List<CliCommand> s_commands = [.. CliServer.OwnCommands];

    /// <summary>Does what the form says; the name of the outcome.</summary>
    public string Run(ReadOnlySpan<byte> form)
    {
        string? backendName = null,
            actionName = null;
        List<string> names = [];
        foreach (string pair in Encoding.Latin1.GetString(form).Split('&'))
        {
            int equals = pair.IndexOf('=');
            if (equals < 0)
                continue;
            string value = Decoded(pair[(equals + 1)..]);
            switch (pair[..equals])
            {
                case "b":
                    backendName = value;
                    break;
                case "action":
                    actionName = value;
                    break;
                case "s":
                    names.Add(value);
                    break;
            }
        }
        return Run(backendName, actionName, names);
    }

    private string Run(string? backendName, string? actionName, List<string> names)
    {
        if (string.IsNullOrEmpty(backendName) || string.IsNullOrEmpty(actionName))
            return Nothing;
        int index = Array.FindIndex(s_actions, a => a.Name == actionName);
        if (index < 0 || FindBackend(backendName) is not { } backend)
            return Wrong;
        (_, string command, Predicate<ServerState>? applies) = s_actions[index];
        int meant = 0,
            changed = 0;
        foreach (string name in names)
        {
            ServerState? server = backend.FindServer(name);
            if (server is not null && applies?.Invoke(server) == false)
                continue;
            meant++;
            if (server is not null && Succeeds(command, server))
                changed++;
        }
        return meant == 0 ? Nothing
            : changed == 0 ? Wrong
            : changed == meant ? Done
            : Partly;
    }

    /// <summary>By name or "#id".</summary>
    private BackendState? FindBackend(string name)
    {
        List<BackendState> all = worker.Engine.Backends;
        return all.Find(b => b.Name == name)
            ?? (
                name[0] == '#' && int.TryParse(name.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out int id)
                    ? all.Find(b => b.Config.Id == id)
                    : null
            );
    }

    /// <summary>Runs the command; one that has something to say has failed.</summary>
    private bool Succeeds(string command, ServerState server)
    {
        List<string> words = [.. command.Split(' ').Select(w => w == "*" ? $"{server.Backend.Name}/{server.Name}" : w)];
        CliCommand row = s_commands.FindAll(c => c.Parts.SequenceEqual(words.Take(c.Parts.Length))).MaxBy(c => c.Parts.Length)!;
        var answer = new StringBuilder();
        var request = new CliRequest(worker.Engine, listener, new CliSession(CliLevel.Admin, 0), words, null, answer)
        {
            Home = worker,
            Resumed = static () => { },
        };
        row.Run(request);
        if (request.Pieces is { } pieces)
            GoOn(new CliPieces(request, pieces));
        return answer.Length == 0;
    }

    /// <summary>What takes long goes on by itself, between other work.</summary>
    private static void GoOn(CliPieces pieces) =>
        pieces.At.Post(_ =>
        {
            if (pieces.Run())
                GoOn(pieces);
        });

    private static string Decoded(string text)
    {
        byte[] bytes = new byte[text.Length];
        int length = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (
                text[i] == '%'
                && i + 2 < text.Length
                && byte.TryParse(text.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value)
            )
            {
                bytes[length++] = value;
                i += 2;
            }
            else
                bytes[length++] = text[i] == '+' ? (byte)' ' : (byte)text[i];
        }
        return ByteText.Decode(bytes.AsSpan(0, length));
    }
}
