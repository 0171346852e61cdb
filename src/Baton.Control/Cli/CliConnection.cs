// One client of the runtime API. Not interactive: what is sent at once is answered, then the connection ends. Interactive
// ("prompt"): open until "quit", the end of input or the time-out. What its "stats socket" line wants before the first command (TLS) has
// to be over within the same time, whatever comes meanwhile.
using System;
using System.Text;
using Baton.Engine.Connections;
using Baton.Engine.Connections.Handshakes;
using Baton.Engine.Listeners;
using Baton.Engine.Loop;
using Baton.Interop.Linux;

namespace Baton.Control.Cli;

/// <summary>OWNER: the worker that accepted it.</summary>
internal sealed class CliConnection : Connection, IRunnable
{
    /// <summary>Commands run before other connections get their turn.</summary>
    private const int Burst = 16;
    private const int Roomy = 64 << 10;

    private readonly CliServer _server;
    private readonly ListenerState _listener;
    private Admission _admission;
    private readonly CliInput _input = new();
    private readonly byte[] _chunk = new byte[4096];
    private readonly StringBuilder _answer = new();
    private readonly Encoder _encoder = Encoding.UTF8.GetEncoder();
    private byte[] _output = [];
    private int _sent,
        _end;
    private bool _endOfInput,
        _isDeserted,
        _answered,
        _hasTurn,
        _rests;
    private CliRequest? _running;
    private CliPieces? _pieces;

    public CliConnection(CliServer server, Worker worker, ListenerState listener, int fd)
    {
        (_server, _listener, _admission) = (server, listener, new Admission(listener));
        ResetConnection(worker, fd);
        CanWrite = true;
        Session = new CliSession(listener.Config.Level, server.Engine.Config.Global.StatsTimeoutMs)
        {
            Severity = listener.Config.SeverityOutput,
        };
    }

    public CliSession Session { get; }
    public long AcceptMs { get; private set; }
    public IRunnable? NextQueued { get; set; }

    public void Start()
    {
        AcceptMs = Worker.NowMs;
        EnsureRegistered();
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

    private void Arm() => Worker.Timers.Arm(this, Worker.NowMs + Session.TimeoutMs);

    public override void OnEvents(uint events)
    {
        NoteEvents(events);
        _isDeserted |= (events & (Epoll.HUP | Epoll.ERR)) != 0;
        if (!_admission.IsOver && !Admit())
            return;
        if (_rests)
        {
            Interrupt();
            return;
        }
        Arm();
        if (_running is not null || _sent < _end)
        {
            if (_isDeserted)
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

    /// <summary>False as long as there is nothing for commands yet, or never will be.</summary>
    private bool Admit()
    {
        HandshakeResult result = _admission.Advance(this);
        if (result == HandshakeResult.Failed)
            Close();
        return result == HandshakeResult.Done;
    }

    public override void Abandon() => Close();

    public override void ReturnToPool() { }

    public void RunQueued()
    {
        if (!IsOpen)
            return;
        if (_rests)
            Interrupt();
        else if (_isDeserted && _running is not null)
            Close();
        else if (_running is null || _pieces is not null)
            Advance();
    }

    /// <summary>Reads once. False when the connection failed and was closed.</summary>
    private bool Receive()
    {
        // what the flags do not know yet may be there
        CanRead = true;
        int n = Receive(_chunk);
        if (n > 0)
            _input.Append(_chunk.AsSpan(0, n));
        else if (n == 0)
            _endOfInput = true;
        else if (n != -1)
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
                NoticeDeserted();
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
        Worker.Enqueue(this);
    }

    /// <summary>A command runs on while its client is gone: it is looked at in the next turn.</summary>
    private void NoticeDeserted()
    {
        if (_isDeserted)
            Worker.Enqueue(this);
    }

    /// <summary>Nothing complete is there: more input, or the end.</summary>
    private void Wait()
    {
        if (_endOfInput)
        {
            Close();
            return;
        }
        bool stays = Session.Interactive || !_answered || !_input.IsEmpty;
        // what the client has sent in one go may not have come in one read
        if (stays && !CanRead || !Receive())
            return;
        if (!stays && _input.IsEmpty)
            Close();
        else
            Worker.Enqueue(this);
    }

    /// <summary>Runs the command just taken. False when the connection is no longer ours.</summary>
    private bool Run()
    {
        _answered = true;
        var request = new CliRequest(_server.Engine, _listener, Session, _input.Words, _input.Payload, _answer)
        {
            Home = Worker,
            Resumed = Finish,
        };
        if (_server.Find(request.Words) is { TakeOver: { } take } command)
        {
            if (Transport is null)
            {
                HandOver(take, request);
                return false;
            }
            // descriptors do not pass through it
            request.Fail($"'{command.Words}' cannot be had over TLS: it takes a UNIX stats socket without 'ssl'.");
            Complete();
            return true;
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
            Worker.Timers.Arm(this, Worker.NowMs + rest);
            // it may have said something before
            if (_isDeserted || !IsSilent())
                Worker.Enqueue(this);
            return;
        }
        if (_rests)
        {
            _rests = false;
            _running!.RestMs = 0;
            Arm();
        }
        NoticeDeserted();
        if (_hasTurn)
            return;
        _hasTurn = true;
        if (_pieces!.At == Worker)
            _server.TurnsOf(Worker).Add(this);
        else
            _pieces.At.Post(_ =>
            {
                bool more = _pieces.Run();
                Worker.Post(_ => OnPiece(more));
            });
    }

    /// <summary>The client says something while a command rests. COMPAT: what it says is not looked at, it ends the command.</summary>
    private void Interrupt()
    {
        if (_isDeserted)
        {
            Close();
            return;
        }
        CanRead = true;
        int n = Receive(_chunk);
        if (n == -1)
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
            int n = Send(_output.AsSpan(_sent, _end - _sent));
            if (n == -1)
                return false;
            if (n < 0)
            {
                Close();
                return false;
            }
            _sent += n;
        }
        return true;
    }

    private void HandOver(Action<CliRequest, int> take, CliRequest request)
    {
        int fd = Fd;
        Worker.Unregister(this);
        Worker.Timers.Cancel(this);
        IsRegistered = false;
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
        CloseSocket();
        _server.Left(_listener);
    }
}
