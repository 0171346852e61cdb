// One client of the runtime API. Not interactive: what is sent at once is answered, then the connection ends. Interactive
// ("prompt"): open until "quit", the end of input or the time-out.
using System;
using System.Text;
using Baton.Engine.Listeners;
using Baton.Engine.Loop;
using Baton.Interop.Linux;

namespace Baton.Control.Cli;

/// <summary>OWNER: the worker that accepted it.</summary>
internal sealed class CliConnection : Engine.Loop.EventHandler, IRunnable
{
    /// <summary>Commands run before other connections get their turn.</summary>
    private const int Burst = 16;
    private const int Roomy = 64 << 10;
    private const uint Reading = Epoll.IN | Epoll.RDHUP;

    private readonly CliServer _server;
    private readonly Worker _worker;
    private readonly ListenerState _listener;
    private readonly CliInput _input = new();
    private readonly byte[] _chunk = new byte[4096];
    private readonly StringBuilder _answer = new();
    private readonly Encoder _encoder = Encoding.UTF8.GetEncoder();
    private byte[] _output = [];
    private int _sent,
        _end;
    private uint _interest;
    private bool _registered,
        _endOfInput,
        _answered,
        _hasTurn,
        _rests;
    private CliRequest? _running;
    private CliPieces? _pieces;

    public CliConnection(CliServer server, Worker worker, ListenerState listener, int fd)
    {
        (_server, _worker, _listener, Fd) = (server, worker, listener, fd);
        Session = new CliSession(listener.Config.Level, server.Engine.Config.Global.StatsTimeoutMs)
        {
            Severity = listener.Config.SeverityOutput,
        };
    }

    public CliSession Session { get; }
    public long AcceptMs { get; private set; }
    public IRunnable? NextQueued { get; set; }
    public bool IsQueued { get; set; }

    public void Start()
    {
        AcceptMs = _worker.NowMs;
        Interest(Reading);
        Arm();
    }

    public override void OnTimer(long nowMs)
    {
        if (_rests)
        {
            GoOn();
            return;
        }
        if (_running is { IsSuspended: true })
        {
            Arm();
            return;
        }
        Close();
    }

    private void Arm() => _worker.Timers.Arm(this, _worker.NowMs + Session.TimeoutMs);

    public override void OnEvents(uint events)
    {
        Arm();
        if (_rests)
        {
            Interrupt(events);
            return;
        }
        if (_running is not null || _sent < _end)
        {
            if ((events & (Epoll.HUP | Epoll.ERR)) != 0)
            {
                Close();
                return;
            }
            if (_running is not null && _pieces is null)
                return;
        }
        else if (!Receive())
            return;
        Advance();
    }

    public override void Abandon() => Close();

    public void RunQueued()
    {
        if (Fd >= 0 && (_running is null || _pieces is not null))
            Advance();
    }

    /// <summary>Reads once. False when the connection failed and was closed.</summary>
    private bool Receive()
    {
        int n = Files.Read(Fd, _chunk);
        if (n > 0)
            _input.Append(_chunk.AsSpan(0, n));
        else if (n == 0)
            _endOfInput = true;
        else if (Sockets.Last is not (Errno.EAGAIN or Errno.EINTR))
        {
            Close();
            return false;
        }
        return true;
    }

    /// <summary>Sends what is to be sent, then runs what there is to run.</summary>
    private void Advance()
    {
        for (int i = 0; i < Burst; i++)
        {
            if (!Flush())
                return;
            if (_pieces is not null)
            {
                GoOn();
                return;
            }
            if (_running is not null)
            {
                Interest(0);
                return;
            }
            if (Session.Ended)
            {
                Close();
                return;
            }
            switch (_input.Take())
            {
                case CliInputStatus.Command when !Run():
                    return;
                case CliInputStatus.Command:
                    break;
                case CliInputStatus.Payload:
                    if (Session.Interactive && Session.Prompt)
                        Say("+ ");
                    break;
                case CliInputStatus.TooLong:
                    Session.Ended = true;
                    Say("Command too long.\n\n");
                    break;
                default:
                    Wait();
                    return;
            }
        }
        Interest(0);
        _worker.Enqueue(this);
    }

    /// <summary>Nothing complete is there: more input, or the end.</summary>
    private void Wait()
    {
        if (_endOfInput)
        {
            Close();
            return;
        }
        if (Session.Interactive || !_answered || !_input.IsEmpty)
        {
            Interest(Reading);
            return;
        }
        // what the client has sent in one go may not have come in one read
        if (!Receive())
            return;
        if (_input.IsEmpty)
        {
            Close();
            return;
        }
        Interest(0);
        _worker.Enqueue(this);
    }

    /// <summary>Runs the command just taken. False when the connection is no longer ours.</summary>
    private bool Run()
    {
        _answered = true;
        var request = new CliRequest(_server.Engine, _listener, Session, _input.Words, _input.Payload, _answer)
        {
            Home = _worker,
            Resumed = Finish,
        };
        if (_server.Find(request.Words) is { TakeOver: { } take })
        {
            HandOver(take, request);
            return false;
        }
        _server.Run(request);
        _running = request;
        if (request.Pieces is { } pieces)
            _pieces = new CliPieces(request, pieces);
        else if (!request.IsSuspended)
            Complete();
        return true;
    }

    /// <summary>What there was of the answer has been taken: asks for a turn of the worker where the command goes on.</summary>
    private void GoOn()
    {
        if (_running is { RestMs: > 0 and var rest } && !_rests)
        {
            _rests = true;
            Interest(Reading);
            _worker.Timers.Arm(this, _worker.NowMs + rest);
            return;
        }
        if (_rests)
        {
            _rests = false;
            _running!.RestMs = 0;
            Arm();
        }
        Interest(0);
        if (_hasTurn)
            return;
        _hasTurn = true;
        if (_pieces!.At == _worker)
            _server.TurnsOf(_worker).Add(this);
        else
            _pieces.At.Post(_ =>
            {
                bool more = _pieces.Run();
                _worker.Post(_ => OnPiece(more));
            });
    }

    /// <summary>The client says something while a command rests. COMPAT: what it says is not looked at, it ends the command.</summary>
    private void Interrupt(uint events)
    {
        if ((events & (Epoll.HUP | Epoll.ERR)) != 0)
        {
            Close();
            return;
        }
        int n = Files.Read(Fd, _chunk);
        if (n < 0 && Sockets.Last is Errno.EAGAIN or Errno.EINTR)
            return;
        _endOfInput |= n <= 0;
        _running!.IsInterrupted = true;
        GoOn();
    }

    /// <summary>A turn of this worker.</summary>
    internal void OnTurn()
    {
        if (Fd >= 0)
            OnPiece(_pieces!.Run());
        else
            OnPiece(true);
    }

    private void OnPiece(bool more)
    {
        _hasTurn = false;
        if (Fd < 0)
        {
            if (more)
                _pieces!.Abandon();
            return;
        }
        if (more)
            Say();
        else
        {
            _pieces = null;
            Complete();
        }
        Arm();
        Advance();
    }

    /// <summary>A suspended command is done.</summary>
    private void Finish()
    {
        if (Fd < 0)
            return;
        Complete();
        Advance();
    }

    private void Complete()
    {
        _running = null;
        Arm();
        if (!Session.Ended)
        {
            _answer.Append('\n');
            if (Session.Interactive && Session.Prompt)
                _answer.Append(Session.Timed ? _server.Age() : "").Append("> ");
        }
        Say();
    }

    private void Say(string text)
    {
        _answer.Append(text);
        Say();
    }

    /// <summary>The answer so far becomes what is to be sent; all that was is.</summary>
    private void Say()
    {
        int most = Encoding.UTF8.GetMaxByteCount(_answer.Length);
        // one long answer leaves nothing behind
        if (_output.Length < most || _output.Length > Roomy && most <= Roomy)
            _output = new byte[Math.Max(most, 1024)];
        _sent = _end = 0;
        foreach (ReadOnlyMemory<char> part in _answer.GetChunks())
            _end += _encoder.GetBytes(part.Span, _output.AsSpan(_end), flush: false);
        if (_answer.Length > Roomy)
        {
            _answer.Clear();
            _answer.Capacity = 1024;
        }
        else
            _answer.Clear();
    }

    /// <summary>False when not all could be sent (the socket is waited for) or the connection is gone.</summary>
    private bool Flush()
    {
        while (_sent < _end)
        {
            int n = SocketNames.Send(Fd, _output.AsSpan(_sent, _end - _sent));
            if (n < 0 && Sockets.Last is Errno.EAGAIN or Errno.EINTR)
            {
                Interest(Epoll.OUT);
                return false;
            }
            if (n <= 0)
            {
                Close();
                return false;
            }
            _sent += n;
        }
        return true;
    }

    private void Interest(uint events)
    {
        if (_registered && _interest == events)
            return;
        if (_registered)
            _worker.Unregister(this);
        _interest = events;
        _registered = _worker.Register(this, events);
        if (!_registered)
            _worker.EndUnwatched(this);
    }

    private void HandOver(Action<CliRequest, int> take, CliRequest request)
    {
        int fd = Fd;
        _worker.Unregister(this);
        _worker.Timers.Cancel(this);
        Fd = -1;
        _server.Left(_listener);
        take(request, fd);
    }

    /// <summary>An answer that does not fit into memory ends with its connection.</summary>
    protected override void OnOutOfMemory()
    {
        Core.Buffers.MemoryBudget.CountFailure();
        _output = [];
        Close();
    }

    private void Close()
    {
        if (Fd < 0)
            return;
        if (_running is not null)
            _running.IsAbandoned = true;
        if (_pieces is not null && !_hasTurn)
            _pieces.Abandon();
        _worker.Timers.Cancel(this);
        _worker.CloseRegistered(this);
        _server.Left(_listener);
    }
}
