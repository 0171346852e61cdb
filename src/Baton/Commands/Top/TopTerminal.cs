// "baton top" on a terminal: draws on the other screen, hears keys and signals, and leaves everything as it was, however it ends.
using System;
using System.Threading;
using Baton.Control.Top;
using Baton.Interop.Linux;

namespace Baton.Commands.Top;

/// <summary>One thread draws and hears; another one asks the process, which may take its time.</summary>
internal sealed class TopTerminal(TopView view, TopSource source, TopSample first)
{
    /// <summary>The other screen without a cursor, and back.</summary>
    private const string Enter = "\x1b[?1049h\x1b[?25l\x1b[2J",
        Leave = "\x1b[?25h\x1b[?1049l";

    /// <summary>Looks in vain after which the process is given up: a reload or a restart may take one.</summary>
    private const int Patience = 3;

    private readonly TopScreen _screen = new(Environment.GetEnvironmentVariable("NO_COLOR") is null or "");
    private readonly byte[] _keys = new byte[256];

    /// <summary>OWNER: both threads, under it.</summary>
    private readonly Lock _gate = new();
    private TopSample _now = first;
    private TopSample? _before;
    private string? _lost;
    private string? _command;
    private int _wake = -1;
    private readonly AutoResetEvent _asked = new(false);

    private byte[]? _settings;
    private int _rows,
        _columns;

    /// <summary>The exit status.</summary>
    public int Run()
    {
        // before the other thread begins, which takes them over blocked
        Signals.BlockEverywhere([Signals.SIGINT, Signals.SIGTERM, Signals.SIGHUP, Signals.SIGQUIT, Signals.SIGWINCH, Signals.SIGCONT]);
        Signals.Ignore(Signals.SIGPIPE);
        int signals = Signals.OpenDescriptor();
        _wake = Epoll.eventfd(0, Files.O_NONBLOCK | Files.O_CLOEXEC);
        if (signals < 0 || _wake < 0 || !Begin())
            return TopCommand.Fail("this terminal cannot be used; --once prints one view as text");
        new Thread(Ask) { IsBackground = true }.Start();
        int signal = 0;
        try
        {
            signal = Loop(signals);
        }
        finally
        {
            End();
        }
        if (signal is Signals.SIGTERM or Signals.SIGHUP or Signals.SIGQUIT)
            Signals.DieOf(signal);
        return _lost is { } why ? TopCommand.Fail(why) : 0;
    }

    private bool Begin()
    {
        _settings = Terminal.MakeRaw(0);
        return _settings is not null && Files.WriteAll(1, Enter);
    }

    private void End()
    {
        Files.WriteAll(1, Leave);
        if (_settings is not null)
            Terminal.Restore(0, _settings);
    }

    /// <summary>The signal that ended it; 0 for a key, or for a process that does not answer any more.</summary>
    private int Loop(int signals)
    {
        Span<PollDescriptor> waited = stackalloc PollDescriptor[3];
        while (true)
        {
            if (!Draw())
                return 0;
            waited[0] = new PollDescriptor { Fd = 0, Events = (short)Epoll.IN };
            waited[1] = new PollDescriptor { Fd = signals, Events = (short)Epoll.IN };
            waited[2] = new PollDescriptor { Fd = _wake, Events = (short)Epoll.IN };
            Files.Poll(waited, -1);
            if (waited[1].Results != 0 && Signals.Read(signals, out _) is var number and > 0 && !Hear(number))
                return number;
            if (waited[2].Results != 0)
                Epoll.Drain(_wake);
            if (waited[0].Results != 0 && !ReadKeys())
                return 0;
        }
    }

    /// <summary>False when it is to end.</summary>
    private bool Hear(int number)
    {
        if (number == Signals.SIGCONT)
        {
            // somebody else may have used the terminal meanwhile
            Begin();
            return true;
        }
        return number == Signals.SIGWINCH;
    }

    /// <summary>False at the last one, or when the terminal is gone.</summary>
    private bool ReadKeys()
    {
        int n = Files.Read(0, _keys);
        if (n <= 0)
            return false;
        string before = view.Name;
        ReadOnlySpan<byte> bytes = _keys.AsSpan(0, n);
        while (bytes.Length > 0)
        {
            TopKey key = TopKeyboard.Take(ref bytes, out char letter);
            if (key == TopKey.Suspend)
            {
                End();
                Processes.kill(Processes.getpid(), Signals.SIGSTOP);
            }
            else if (key == TopKey.Redraw)
                Files.WriteAll(1, "\x1b[2J");
            else if (!view.Press(key, letter))
                return false;
            // what the next key does depends on what this one has made of the table
            Prepare();
        }
        lock (_gate)
            _command ??= view.TakeCommand();
        if (before != view.Name || _command is not null)
            _asked.Set();
        return true;
    }

    private void Prepare()
    {
        TopSample now;
        TopSample? before;
        lock (_gate)
            (now, before) = (_now, _before);
        view.Show(new TopTables(now, before).Make(view.Name), _rows - TopScreen.Frame);
    }

    /// <summary>False when the process is lost.</summary>
    private bool Draw()
    {
        if (!Terminal.TryGetSize(1, out _rows, out _columns))
            (_rows, _columns) = (24, 80);
        lock (_gate)
        {
            if (_lost is not null)
                return false;
            if (_said is { } said)
                (view.Message, _said) = (said, null);
        }
        Prepare();
        string frame;
        lock (_gate)
            frame = _screen.Draw(_now, _before, view, _columns, _rows);
        return Files.WriteAll(1, frame);
    }

    private string? _said;

    /// <summary>The thread that asks.</summary>
    private void Ask()
    {
        int inVain = 0;
        while (true)
        {
            _asked.WaitOne(inVain > 0 ? 500 : view.IntervalMs);
            string? command;
            lock (_gate)
                (command, _command) = (_command, null);
            if (command is not null)
            {
                string answer = source.Do(command);
                Say(answer.Length > 0 ? answer : $"done: {command}");
            }
            if (view.IsPaused && command is null)
                continue;
            TopSample? sample = source.Look(view.Name, out string why);
            inVain = sample is null ? inVain + 1 : 0;
            lock (_gate)
            {
                if (sample is not null)
                    (_before, _now) = (_now, sample);
                else if (inVain >= Patience)
                    _lost = why;
            }
            if (sample is null && inVain < Patience)
                Say($"no answer: {why}");
            Epoll.Signal(_wake);
        }
    }

    private void Say(string text)
    {
        lock (_gate)
            _said = text;
    }
}
