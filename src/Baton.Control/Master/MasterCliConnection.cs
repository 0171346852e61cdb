// One client of the master's command line. A command is answered here, waits for the end of a reload, or is passed to a
// worker ("@1", "@!PID") as it came, with its payload; the answer is relayed as the client takes it. Not interactive: one line.
// Interactive ("prompt"): until "quit".
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using Baton.Configuration.Model;
using Baton.Control.Cli;
using Baton.Interop.Linux;

namespace Baton.Control.Master;

/// <summary>OWNER: the master's only thread.</summary>
internal sealed class MasterCliConnection(MasterProcess master, int fd, CliLevel level)
{
    /// <summary>Bytes of a command; and bytes on their way to either side at which no more are read.</summary>
    private const int MaxLine = 65536,
        MaxUnderWay = 65536;

    private readonly ByteQueue _input = new(),
        _output = new(),
        _toWorker = new();
    private readonly byte[] _chunk = new byte[16384];
    private CliLevel _level = level;
    private int _worker = -1,
        _scanned;
    private bool _interactive,
        _ended,
        _quit,
        _lineEnds;
    private string _target = "";
    private PayloadScanner? _payload;

    public int Fd => fd;
    public bool IsClosed { get; private set; }

    /// <summary>It has asked for a reload and gets its answer when that has ended.</summary>
    public bool WaitsForReload { get; set; }

    private bool Busy => _worker >= 0 || WaitsForReload;

    private bool WantsInput => !_ended && (_payload is not null ? _toWorker.Count < MaxUnderWay : !Busy && _output.Count == 0);

    /// <summary>Two descriptors: the client's, and the worker's that is answering.</summary>
    public void Watch(List<PollDescriptor> set)
    {
        const int readable = 1,
            writable = 4;
        set.Add(new PollDescriptor { Fd = fd, Events = (short)((WantsInput ? readable : 0) | (_output.Count > 0 ? writable : 0)) });
        int events = (_output.Count < MaxUnderWay ? readable : 0) | (_toWorker.Count > 0 ? writable : 0);
        set.Add(new PollDescriptor { Fd = events != 0 ? _worker : -1, Events = (short)events });
    }

    public void OnEvents(in PollDescriptor client, in PollDescriptor worker)
    {
        if (IsClosed)
            return;
        if (worker.Results != 0 && worker.Fd == _worker && _worker >= 0)
        {
            if (!FlushToWorker())
                EndRelay();
            else if (_output.Count < MaxUnderWay)
                ReadWorker();
        }
        if ((client.Results & 1) != 0 && !_ended)
            ReadClient();
        else if ((client.Results & 0x18) != 0)
        {
            Close();
            return;
        }
        Proceed();
    }

    private void ReadClient()
    {
        int n = Files.Read(fd, _chunk);
        if (n < 0)
        {
            if (Sockets.Last != Errno.EAGAIN)
                Close();
            return;
        }
        if (n == 0)
            _ended = true;
        _input.Append(_chunk.AsSpan(0, n));
    }

    private void Proceed()
    {
        while (!IsClosed)
        {
            if (_payload is not null)
                PassPayload();
            if (Busy || _payload is not null)
                break;
            if (_lineEnds)
            {
                EndOfLine();
                continue;
            }
            if (_quit || !TakeCommand())
                break;
        }
        Flush();
        if (!IsClosed && !Busy && _output.Count == 0 && (_quit || _ended && _input.Count == 0))
            Close();
    }

    /// <summary>Runs the next command that is there whole: up to a line feed or ';' without a backslash. False when there is
    /// none.</summary>
    private bool TakeCommand()
    {
        ReadOnlySpan<byte> input = _input.Bytes;
        int at = _scanned;
        for (; at < input.Length && input[at] is not ((byte)'\n' or (byte)';'); at++)
        {
            if (input[at] != '\\')
                continue;
            if (at + 1 == input.Length)
                break;
            at++;
        }
        bool whole = at < input.Length && input[at] is (byte)'\n' or (byte)';';
        _scanned = at;
        if (!whole && input.Length > MaxLine)
            Close();
        if (IsClosed || !whole && !_ended || input.IsEmpty)
            return false;
        int end = whole ? at : input.Length;
        byte[] command = input[..end].Trim(" \t\r"u8).ToArray();
        // a blank that a backslash has made part of a word stays
        if (command.Length > 0 && command[^1] == '\\' && input[..end].TrimEnd(" \t\r"u8).Length < end)
            command = [.. command, (byte)' '];
        _lineEnds = !whole || input[end] == '\n';
        _input.Take(whole ? end + 1 : end);
        _scanned = 0;
        if (command.Length > 0)
            Run(command);
        return true;
    }

    private void EndOfLine()
    {
        _lineEnds = false;
        if (!_interactive)
        {
            _quit = true;
            return;
        }
        Print(
            _target.Length == 0
                ? "master> "
                : (_target[1] == '!' ? _target[2..] : master.Current?.Pid.ToString(CultureInfo.InvariantCulture) ?? "-") + "> "
        );
    }

    /// <summary>How a process is addressed, as the catalog writes it.</summary>
    public static IEnumerable<string> Prefixes => ["@<process>", "@!<pid>", "@master"];

    public void Print(string text) => _output.Append(Encoding.UTF8.GetBytes(text));

    private void Run(byte[] command)
    {
        string target = _target;
        if (command[0] == '@')
        {
            int space = command.AsSpan().IndexOfAny((byte)' ', (byte)'\t');
            target = Encoding.UTF8.GetString(space < 0 ? command : command.AsSpan(0, space));
            command = space < 0 ? [] : command.AsSpan(space + 1).TrimStart(" \t"u8).ToArray();
            if (target == "@master")
                target = "";
            if (command.Length == 0)
            {
                if (target.Length == 0 || FindWorker(target) is not null)
                    _target = target;
                return;
            }
        }
        List<string> words = CliInput.Split(command);
        if (words.Count == 0)
            return;
        switch (words.Count == 1 ? words[0] : "")
        {
            case "quit":
                _quit = true;
                return;
            case "prompt":
                _interactive = !_interactive;
                return;
        }
        if (target.Length > 0)
        {
            if (FindWorker(target) is { } worker)
                Relay(worker, command, words[^1]);
            return;
        }
        if (words[0] is "operator" or "user")
        {
            CliLevel wanted = words[0] == "user" ? CliLevel.User : CliLevel.Operator;
            if (wanted < _level)
                _level = wanted;
            return;
        }
        MasterCommands.Run(master, this, _level, [.. words]);
        if (!WaitsForReload)
            Print("\n");
    }

    private WorkerProcess? FindWorker(string target)
    {
        WorkerProcess? worker = null;
        if (target == "@1")
            worker = master.Current;
        else if (target.StartsWith("@!", StringComparison.Ordinal) && int.TryParse(target.AsSpan(2), out int pid))
            worker = master.Table.Find(pid);
        if (worker is { CommandFd: >= 0 })
            return worker;
        Print($"Can't find the target PID matching the prefix '{target}'\n");
        return null;
    }

    /// <summary>Passes one end of a new pair to the worker, which takes it for an accepted connection, and speaks on the other.</summary>
    private void Relay(WorkerProcess worker, byte[] command, string lastWord)
    {
        if (!SocketNames.Pair(out int mine, out int theirs))
        {
            Print("Cannot reach the worker.\n\n");
            return;
        }
        nint sent = DescriptorPassing.Send(worker.CommandFd, [0, 0], [theirs], Sockets.MSG_NOSIGNAL | Sockets.MSG_DONTWAIT);
        Files.close(theirs);
        if (sent != 2)
        {
            Files.close(mine);
            Print("Cannot reach the worker.\n\n");
            return;
        }
        Files.SetNonBlocking(mine);
        _worker = mine;
        // the worker's end has all rights: a lower level is asked for first
        _toWorker.Append(
            _level switch
            {
                CliLevel.User => "user -;"u8,
                CliLevel.Operator => "operator -;"u8,
                _ => default,
            }
        );
        _toWorker.Append(command);
        _toWorker.Append("\n"u8);
        // a payload begins behind a whole line
        if (_lineEnds && CliInput.IsPayloadMark(lastWord))
            _payload = new PayloadScanner(Encoding.UTF8.GetBytes(lastWord[2..]));
        if (!FlushToWorker())
            EndRelay();
    }

    /// <summary>Lines of a payload, as they come and the worker takes them. A client that ends in the middle has sent none.</summary>
    private void PassPayload()
    {
        int length = _payload!.Scan(_input.Bytes, out bool ended);
        // what is left for a worker that is gone is no command either
        if (_worker >= 0)
            _toWorker.Append(_input.Bytes[..length]);
        _input.Take(length);
        bool cut = !ended && _ended;
        if (ended || cut)
            _payload = null;
        if (_worker < 0)
            return;
        if (!FlushToWorker())
            EndRelay();
        // the worker sees the end behind what it has been sent
        else if (cut)
            Sockets.shutdown(_worker, Sockets.SHUT_WR);
    }

    /// <summary>False when the worker takes no more.</summary>
    private bool FlushToWorker()
    {
        while (_toWorker.Count > 0)
        {
            int n = SocketNames.Send(_worker, _toWorker.Bytes);
            if (n < 0 && Sockets.Last == Errno.EAGAIN)
                return true;
            if (n <= 0)
                return Sockets.Last == Errno.EPIPE && DropUnsent();
            _toWorker.Take(n);
        }
        return true;
    }

    /// <summary>The worker has answered before all was said (a command that is none): the rest is for nobody.</summary>
    private bool DropUnsent()
    {
        _toWorker.Take(_toWorker.Count);
        return true;
    }

    private void ReadWorker()
    {
        int n = Files.Read(_worker, _chunk);
        if (n < 0 && Sockets.Last == Errno.EAGAIN)
            return;
        if (n > 0)
            _output.Append(_chunk.AsSpan(0, n));
        else
            EndRelay();
    }

    private void EndRelay()
    {
        if (_worker >= 0)
            Files.close(_worker);
        _worker = -1;
        DropUnsent();
    }

    public void OnReloadEnded(bool success, string log)
    {
        if (!WaitsForReload)
            return;
        WaitsForReload = false;
        Print($"Success={(success ? 1 : 0)}\n--\n{log}\n");
        // a program before this one may have taken the line
        if (_input.Count == 0)
            _lineEnds = true;
        Proceed();
    }

    private void Flush()
    {
        while (!IsClosed && _output.Count > 0)
        {
            int n = SocketNames.Send(fd, _output.Bytes);
            if (n < 0 && Sockets.Last == Errno.EAGAIN)
                return;
            if (n <= 0)
            {
                Close();
                return;
            }
            _output.Take(n);
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
        EndRelay();
        if (!IsClosed)
            Files.close(fd);
        IsClosed = true;
        WaitsForReload = false;
    }
}
