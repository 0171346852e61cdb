// One command being run: its words, who asks, and where the answer goes. A command that needs other workers, or time,
// suspends itself; the connection goes on when it is resumed.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using Baton.Configuration.Model;
using Baton.Core.Text;
using Baton.Engine;
using Baton.Engine.Listeners;
using Baton.Engine.Loop;
using Baton.Engine.Proxies;
using Baton.Engine.Servers;

namespace Baton.Control.Cli;

public sealed class CliRequest(
    EngineState engine,
    ListenerState listener,
    CliSession session,
    List<string> words,
    CliPayload? payload,
    StringBuilder answer
)
{
    public EngineState Engine { get; } = engine;
    public ListenerState Listener { get; } = listener;
    public CliSession Session { get; } = session;
    public CliLevel Level => Session.Level;

    /// <summary>All words of the line; the command's own come first.</summary>
    public List<string> Words { get; } = words;

    /// <summary>What came behind "&lt;&lt;"; null without.</summary>
    public CliPayload? Payload { get; } = payload;
    public StringBuilder Answer { get; } = answer;

    /// <summary>The worker the asking connection belongs to.</summary>
    public Worker? Home { get; init; }

    /// <summary>Called once when a suspended command is done, on <see cref="Home"/>.</summary>
    public Action? Resumed { get; init; }

    /// <summary>How a command that takes long goes on, see <see cref="CliPieces"/>.</summary>
    public IEnumerable<Worker>? Pieces { get; set; }

    /// <summary>Set by a piece that has nothing to say for now: it is asked again after so long, or when the client says
    /// something.</summary>
    public int RestMs { get; set; }

    /// <summary>The client has said something, or that it has said all, while the command rested.</summary>
    public bool IsInterrupted { get; set; }

    /// <summary>The answer is not complete when the command returns.</summary>
    public bool IsSuspended { get; private set; }

    /// <summary>Ends by itself, or when the client is gone: "wait" looks here.</summary>
    public bool IsAbandoned { get; set; }

    /// <summary>Word i, or "".</summary>
    public string this[int i] => i < Words.Count ? Words[i] : "";

    public void Line(string text) => Answer.Append(text).Append('\n');

    /// <summary>Bytes as text, without a string for each.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        const int onStack = 256;
        if (bytes.Length > onStack || !Ascii.IsValid(bytes))
        {
            Answer.Append(ByteText.Decode(bytes));
            return;
        }
        Span<char> text = stackalloc char[onStack];
        Answer.Append(text[..Encoding.ASCII.GetChars(bytes, text)]);
    }

    /// <summary>Feedback with a syslog severity (3 error, 4 warning, 5 notice, 6 information), shown as "set severity-output"
    /// says.</summary>
    public void Feedback(int severity, string text)
    {
        Mark(severity);
        Line(text);
    }

    private void Mark(int severity)
    {
        if (Session.Severity == SeverityOutput.Number)
            Answer.Append(CultureInfo.InvariantCulture, $"[{severity}]: ");
        else if (Session.Severity == SeverityOutput.Text)
            Answer.Append(CultureInfo.InvariantCulture, $"[{SeverityNames[severity]}]: ");
    }

    private static readonly string[] SeverityNames = ["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"];

    /// <summary>The command failed.</summary>
    public void Fail(string text) => Feedback(3, text);

    /// <summary>COMPAT: some of HAProxy's messages end without a line feed of their own, which whoever waits for the end of an answer can
    /// tell.</summary>
    public void FeedbackWithoutLine(int severity, string text)
    {
        Mark(severity);
        Answer.Append(text);
    }

    public void FailWithoutLine(string text) => FeedbackWithoutLine(3, text);

    /// <summary>"backend/server"; answers with HAProxy's words when there is none.</summary>
    public bool FindServer(string path, out ServerState server)
    {
        server = null!;
        int slash = path.IndexOf('/');
        if (slash < 0 || slash == path.Length - 1)
        {
            Fail("Require 'backend/server'.");
            return false;
        }
        BackendState? backend = FindBackend(path[..slash]);
        if (backend is null)
        {
            Fail("No such backend.");
            return false;
        }
        ServerState? found = Find(backend.Servers, path[(slash + 1)..], s => s.Name, s => s.Id);
        if (found is null)
        {
            Fail("No such server.");
            return false;
        }
        server = found;
        return true;
    }

    /// <summary>The number of a proxy, given by name, "#id" or as a number, below 0 for all of them; answers when there is none.</summary>
    public bool FindProxyId(string name, out int id)
    {
        id = (Find(Engine.Config.Proxies, name, p => p.Name, p => p.Id) ?? FindBackend(name)?.Config)?.Id ?? 0;
        if (id != 0 || (int.TryParse(name, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out id) && id != 0))
            return true;
        Fail("No such proxy.");
        return false;
    }

    /// <summary>By name or "#id".</summary>
    public BackendState? FindBackend(string name) => Find(Engine.Backends, name, b => b.Name, b => b.Config.Id);

    public bool FindFrontend(string name, out FrontendState frontend)
    {
        frontend = Find(Engine.Frontends, name, f => f.Name, f => f.Config.Id)!;
        if (frontend is not null)
            return true;
        Fail(name.Length == 0 ? "A frontend name is expected." : "No such frontend.");
        return false;
    }

    private static T? Find<T>(List<T> list, string name, Func<T, string> nameOf, Func<T, int> idOf)
        where T : class
    {
        T? found = list.Find(x => nameOf(x) == name);
        if (
            found is not null
            || !name.StartsWith('#')
            || !int.TryParse(name.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out int id)
        )
            return found;
        return list.Find(x => idOf(x) == id);
    }

    /// <summary>Holds the connection until <see cref="Resume"/>.</summary>
    public void Suspend() => IsSuspended = true;

    /// <summary>The answer is complete. Any thread.</summary>
    public void Resume()
    {
        if (!IsSuspended)
            return;
        Home!.Post(_ =>
        {
            IsSuspended = false;
            Resumed!();
        });
    }

    /// <summary>Does something on each worker's own thread, one after the other, then <paramref name="finish"/> on this one.</summary>
    public void OnEachWorker(Action<Worker> visit, Action? finish = null)
    {
        if (Engine.WorkerCount == 1 && Home == Engine.Workers[0])
        {
            visit(Home!);
            finish?.Invoke();
            return;
        }
        Suspend();
        Visit(0, visit, finish);
    }

    /// <summary>Answers once every worker has done what was posted to it before.</summary>
    public void AwaitWorkers()
    {
        Suspend();
        Visit(0, static _ => { }, null);
    }

    private void Visit(int index, Action<Worker> visit, Action? finish)
    {
        if (index == Engine.WorkerCount)
        {
            Home!.Post(_ =>
            {
                finish?.Invoke();
                Resume();
            });
            return;
        }
        Engine
            .Workers[index]
            .Post(w =>
            {
                // the operator waits for an answer, and not for ever
                try
                {
                    visit(w);
                }
                catch (Exception e) when (e is not OutOfMemoryException)
                {
                    Answer.Append("Internal error: ").Append(e.Message).Append('\n');
                }
                Visit(index + 1, visit, finish);
            });
    }
}
