// One command being run: its words, who asks, and where the answer goes.
using System.Collections.Generic;
using System.Text;
using Baton.Configuration.Model;
using Baton.Engine;
using Baton.Engine.Listeners;
using Baton.Engine.Proxies;
using Baton.Engine.Servers;

namespace Baton.Control.Cli;

public sealed class CliRequest(EngineState engine, ListenerState listener, CliLevel level, List<string> words, StringBuilder answer)
{
    public EngineState Engine { get; } = engine;
    public ListenerState Listener { get; } = listener;
    public CliLevel Level { get; } = level;

    /// <summary>All words of the line; the command's own come first.</summary>
    public List<string> Words { get; } = words;
    public StringBuilder Answer { get; } = answer;

    /// <summary>Word i, or "".</summary>
    public string this[int i] => i < Words.Count ? Words[i] : "";

    public void Line(string text) => Answer.Append(text).Append('\n');

    /// <summary>"backend/server"; answers with HAProxy's words when there is none.</summary>
    public bool FindServer(string path, out ServerState server)
    {
        server = null!;
        int slash = path.IndexOf('/');
        if (slash <= 0 || slash == path.Length - 1) { Line("Require 'backend/server'."); return false; }
        BackendState? backend = Engine.FindBackend(path[..slash]);
        if (backend is null) { Line("No such backend."); return false; }
        ServerState? found = backend.FindServer(path[(slash + 1)..]);
        if (found is null) { Line("No such server."); return false; }
        server = found;
        return true;
    }

    public bool FindFrontend(string name, out FrontendState frontend)
    {
        frontend = Engine.FindFrontend(name)!;
        if (frontend is not null) return true;
        Line(name.Length == 0 ? "A frontend name is expected." : "No such frontend.");
        return false;
    }
}
