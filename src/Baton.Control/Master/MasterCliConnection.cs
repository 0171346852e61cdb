// One client of the master's command line. A command is answered here, waits for the end of a reload, or is passed to a
// worker ("@1", "@!PID") whose answer is relayed. Not interactive: one line. Interactive ("prompt"): until "quit".
using System;
using System.Collections.Generic;
using System.Text;
using Baton.Configuration.Model;
using Baton.Interop.Linux;

namespace Baton.Control.Master;

/// <summary>OWNER: the master's only thread.</summary>
internal sealed class MasterCliConnection(MasterProcess master, int fd, CliLevel level)
{
    private const int MaxLine = 65536, MaxOutput = 1 << 20;

    private readonly Queue<string> _commands = [];
    private readonly List<byte> _input = [], _output = [];
    private CliLevel _level = level;
    private int _worker = -1;
    private bool _interactive, _ended, _quit;
    private string _target = "";

    public int Fd => fd;
    public bool IsClosed { get; private set; }

    /// <summary>It has asked for a reload and gets its answer when that has ended.</summary>
    public bool WaitsForReload { get; set; }

    private bool Busy => _worker >= 0 || WaitsForReload;

    /// <summary>Two descriptors: the client's, and the worker's that is answering.</summary>
    public void Watch(List<PollDescriptor> set)
    {
        int events = (Busy || _ended || _output.Count > 0 ? 0 : 1) | (_output.Count > 0 ? 4 : 0);
        set.Add(new PollDescriptor { Fd = fd, Events = (short)events });
        set.Add(new PollDescriptor { Fd = _output.Count < MaxOutput ? _worker : -1, Events = 1 });
    }

    public void OnEvents(in PollDescriptor client, in PollDescriptor worker)
    {
        if (IsClosed) return;
        if (worker.Results != 0 && worker.Fd == _worker) ReadWorker();
        if ((client.Results & 1) != 0 && !_ended) ReadClient();
        else if ((client.Results & 0x18) != 0) { Close(); return; }
        Proceed();
    }

    private void ReadClient()
    {
        byte[] chunk = new byte[4096];
        int n = Files.Read(fd, chunk);
        if (n < 0) { if (Sockets.Last != Errno.EAGAIN) Close(); return; }
        if (n == 0) _ended = true;
        _input.AddRange(chunk.AsSpan(0, n));
        for (int at; (at = _input.IndexOf((byte)'\n')) >= 0 || _ended && _input.Count > 0;)
        {
            int length = at < 0 ? _input.Count : at;
            Enqueue(Encoding.UTF8.GetString(_input.ToArray(), 0, length).TrimEnd('\r'));
            _input.RemoveRange(0, Math.Min(length + 1, _input.Count));
        }
        if (_input.Count > MaxLine) Close();
    }

    /// <summary>The commands of a line, then its end.</summary>
    private void Enqueue(string line)
    {
        foreach (string command in line.Split(';')) _commands.Enqueue(command.Trim());
        _commands.Enqueue("\n");
    }

    private void Proceed()
    {
        while (!IsClosed && !Busy && _commands.TryDequeue(out string? command))
        {
            if (command == "\n") EndOfLine(); else if (command.Length > 0) Run(command);
        }
        Flush();
        if (!IsClosed && !Busy && _output.Count == 0 && (_quit || _ended && _commands.Count == 0)) Close();
    }

    private void EndOfLine()
    {
        if (!_interactive) { _quit = true; _commands.Clear(); return; }
        Print(_target.Length == 0 ? "master> " : (_target[1] == '!' ? _target[2..] : master.Current?.Pid.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "-") + "> ");
    }

    /// <summary>How a process is addressed, as the catalog writes it.</summary>
    public static IEnumerable<string> Prefixes => ["@<process>", "@!<pid>", "@master"];

    public void Print(string text) => _output.AddRange(Encoding.UTF8.GetBytes(text));

    private void Run(string command)
    {
        string target = _target;
        if (command[0] == '@')
        {
            int space = command.IndexOf(' ');
            target = space < 0 ? command : command[..space];
            command = space < 0 ? "" : command[(space + 1)..].Trim();
            if (target == "@master") target = "";
            if (command.Length == 0) { if (target.Length == 0 || FindWorker(target) is not null) _target = target; return; }
        }
        switch (command)
        {
            case "quit": _quit = true; _commands.Clear(); return;
            case "prompt": _interactive = !_interactive; return;
        }
        if (target.Length > 0) { if (FindWorker(target) is { } worker) Relay(worker, command); return; }
        string[] words = command.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words[0] is "operator" or "user")
        {
            CliLevel wanted = words[0] == "user" ? CliLevel.User : CliLevel.Operator;
            if (wanted < _level) _level = wanted;
            return;
        }
        MasterCommands.Run(master, this, _level, words);
        if (!WaitsForReload) Print("\n");
    }

    private WorkerProcess? FindWorker(string target)
    {
        WorkerProcess? worker = null;
        if (target == "@1") worker = master.Current;
        else if (target.StartsWith("@!", StringComparison.Ordinal) && int.TryParse(target.AsSpan(2), out int pid)) worker = master.Table.Find(pid);
        if (worker is { CommandFd: >= 0 }) return worker;
        Print($"Can't find the target PID matching the prefix '{target}'\n");
        return null;
    }

    /// <summary>Passes one end of a new pair to the worker, which takes it for an accepted connection, and speaks on the other.</summary>
    private void Relay(WorkerProcess worker, string command)
    {
        if (!SocketNames.Pair(out int mine, out int theirs)) { Print("Cannot reach the worker.\n\n"); return; }
        nint sent = DescriptorPassing.Send(worker.CommandFd, [0, 0], [theirs], Sockets.MSG_NOSIGNAL | Sockets.MSG_DONTWAIT);
        Files.close(theirs);
        // the worker's end has all rights: a lower level is asked for first
        string lower = _level switch { CliLevel.User => "user -;", CliLevel.Operator => "operator -;", _ => "" };
        if (sent != 2 || SocketNames.Send(mine, Encoding.UTF8.GetBytes(lower + command + "\n")) <= 0)
        {
            Files.close(mine);
            Print("Cannot reach the worker.\n\n");
            return;
        }
        Files.SetNonBlocking(mine);
        _worker = mine;
    }

    private void ReadWorker()
    {
        byte[] chunk = new byte[16384];
        int n = Files.Read(_worker, chunk);
        if (n < 0 && Sockets.Last == Errno.EAGAIN) return;
        if (n > 0) { _output.AddRange(chunk.AsSpan(0, n)); return; }
        Files.close(_worker);
        _worker = -1;
    }

    public void OnReloadEnded(bool success, string log)
    {
        if (!WaitsForReload) return;
        WaitsForReload = false;
        Print($"Success={(success ? 1 : 0)}\n--\n{log}\n");
        // a program before this one may have taken the line
        if (_commands.Count == 0) _commands.Enqueue("\n");
        Proceed();
    }

    private void Flush()
    {
        while (!IsClosed && _output.Count > 0)
        {
            int n = SocketNames.Send(fd, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_output));
            if (n < 0 && Sockets.Last == Errno.EAGAIN) return;
            if (n <= 0) { Close(); return; }
            _output.RemoveRange(0, n);
        }
    }

    /// <summary>Gives the descriptor away: the connection is somebody else's from here on.</summary>
    public int Release()
    {
        IsClosed = true;
        return fd;
    }

    public void Close()
    {
        if (_worker >= 0) Files.close(_worker);
        _worker = -1;
        if (!IsClosed) Files.close(fd);
        IsClosed = true;
        WaitsForReload = false;
    }
}
