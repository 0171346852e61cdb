// One client of the runtime API. Not interactive: one line of commands, the answers, the end. Interactive ("prompt"): a
// prompt after each line until "quit".
using System;
using System.Collections.Generic;
using System.Text;
using Baton.Configuration.Model;
using Baton.Engine.Listeners;
using Baton.Engine.Loop;
using Baton.Interop.Linux;

namespace Baton.Control.Cli;

/// <summary>OWNER: the worker that accepted it.</summary>
internal sealed class CliConnection : Engine.Loop.EventHandler
{
    private const int MaxLine = 65536;

    private readonly CliServer _server;
    private readonly Worker _worker;
    private readonly ListenerState _listener;
    private readonly List<byte> _input = [];
    private readonly byte[] _chunk = new byte[4096];
    private byte[] _output = [];
    private int _sent;
    private bool _interactive, _closing;
    private CliLevel _level;

    public CliConnection(CliServer server, Worker worker, ListenerState listener, int fd)
    {
        (_server, _worker, _listener, Fd) = (server, worker, listener, fd);
        _level = listener.Config.Level;
    }

    public void Start()
    {
        _worker.Register(this, Epoll.IN | Epoll.RDHUP);
        Arm();
    }

    public override void OnTimer(long nowMs) => Close();

    private void Arm() => _worker.Timers.Arm(this, _worker.NowMs + _server.Engine.Config.Global.StatsTimeoutMs);

    public override void OnEvents(uint events)
    {
        Arm();
        if (_sent < _output.Length) { Flush(); return; }
        int n = Files.Read(Fd, _chunk);
        if (n < 0 && Sockets.Last == Errno.EAGAIN) return;
        if (n > 0) _input.AddRange(_chunk.AsSpan(0, n));
        bool end = n <= 0;
        if (_input.Count > MaxLine) { Close(); return; }
        if (!RunLines(end)) return;
        if (end && _sent == _output.Length) Close();
    }

    /// <summary>Runs complete lines (and the last one at the end of input). False when the connection is gone or handed over.</summary>
    private bool RunLines(bool end)
    {
        while (_sent == _output.Length && !_closing)
        {
            int at = _input.IndexOf((byte)'\n');
            if (at < 0 && !(end && _input.Count > 0)) return true;
            string line = Encoding.UTF8.GetString(_input.ToArray(), 0, at < 0 ? _input.Count : at).TrimEnd('\r');
            _input.RemoveRange(0, at < 0 ? _input.Count : at + 1);
            if (!RunLine(line)) return false;
        }
        return true;
    }

    private bool RunLine(string line)
    {
        var answer = new StringBuilder();
        foreach (List<string> words in Commands(line))
        {
            if (words.Count == 0) continue;
            if (words[0] == "quit") { _closing = true; break; }
            if (words[0] == "prompt") { _interactive = !_interactive; continue; }
            if (words[0] is "operator" or "user") { LowerLevel(words[0]); continue; }
            var request = new CliRequest(_server.Engine, _listener, _level, words, answer);
            if (_server.Find(words) is { TakeOver: { } take } command)
            {
                HandOver(take, request);
                return false;
            }
            _server.Run(request);
            answer.Append('\n');
        }
        if (_interactive) answer.Append("> "); else _closing = true;
        _output = Encoding.UTF8.GetBytes(answer.ToString());
        _sent = 0;
        return Flush();
    }

    private void LowerLevel(string word)
    {
        CliLevel wanted = word == "user" ? CliLevel.User : CliLevel.Operator;
        if (wanted < _level) _level = wanted;
    }

    /// <summary>Commands of a line, separated by ';', words by spaces; a backslash takes the next character as it is.</summary>
    private static IEnumerable<List<string>> Commands(string line)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        for (int i = 0; i <= line.Length; i++)
        {
            char c = i < line.Length ? line[i] : ';';
            if (c == '\\' && i + 1 < line.Length) { word.Append(line[++i]); continue; }
            if (c is not (' ' or '\t' or ';')) { word.Append(c); continue; }
            if (word.Length > 0) { words.Add(word.ToString()); word.Clear(); }
            if (c != ';') continue;
            yield return words;
            words = [];
        }
    }

    /// <summary>Sends what it can; waits for room otherwise. False when the connection was closed.</summary>
    private bool Flush()
    {
        while (_sent < _output.Length)
        {
            int n = SocketNames.Send(Fd, _output.AsSpan(_sent));
            if (n < 0 && Sockets.Last == Errno.EAGAIN) { Interest(Epoll.OUT); return true; }
            if (n <= 0) { Close(); return false; }
            _sent += n;
        }
        if (_closing) { Close(); return false; }
        Interest(Epoll.IN | Epoll.RDHUP);
        return true;
    }

    private void Interest(uint events)
    {
        _worker.Unregister(this);
        _worker.Register(this, events);
    }

    private void HandOver(Action<CliRequest, int> take, CliRequest request)
    {
        int fd = Fd;
        _worker.Unregister(this);
        _worker.Timers.Cancel(this);
        Fd = -1;
        _server.Engine.Leave(_listener);
        take(request, fd);
    }

    private void Close()
    {
        if (Fd < 0) return;
        _worker.Timers.Cancel(this);
        _worker.CloseRegistered(this);
        _server.Engine.Leave(_listener);
    }
}
