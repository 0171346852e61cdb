// The arriving side of a handover: asks the running process, takes its state before the first connection, tells it to stop
// once this one accepts, and adopts its live connections. Any failure before "accepting" leaves the old process as it was.
using System;
using System.Collections.Generic;
using System.Text;
using System.Threading;
using Baton.Core.Frames;
using Baton.Engine;
using Baton.Engine.Handover;
using Baton.Engine.Listeners;
using Baton.Engine.Loop;
using Baton.Engine.StickTables;
using Baton.Engine.Traces;
using Baton.Handover.Protocol;
using Baton.Handover.Sockets;
using Baton.Interop.Linux;
using Native = Baton.Interop.Linux.Sockets;

namespace Baton.Handover.Sessions;

public sealed class HandoverTaker
{
    private readonly FrameChannel _channel;
    private readonly StateListener _state = new();
    private readonly ManualResetEventSlim _settled = new(),
        _ended = new();
    private readonly Lock _sending = new();
    private EngineState _engine = null!;
    private int _nextWorker;
    private bool _saysTheLast;
    private Action _serving = static () => { };

    private HandoverTaker(int fd) => _channel = new FrameChannel(fd);

    /// <summary>The process at the other side.</summary>
    public int OldPid { get; private set; }

    /// <summary>That process and those it came after, the last first.</summary>
    public List<int> Predecessors { get; private set; } = [];

    /// <summary>Told what came over, once the bulk has.</summary>
    public Action<string>? Notice { get; set; }
    private readonly long _begunMs = Environment.TickCount64;
    private long _acceptingMs;

    /// <summary>What the history says of this handover; null before this process accepts.</summary>
    private ReloadRecord? _record;

    /// <summary>Connections adopted and refused so far.</summary>
    public int Adopted => Volatile.Read(ref _adopted);
    public int Refused => Volatile.Read(ref _refused);
    private int _adopted,
        _refused;
    private ArrivalLane[] _lanes = [];
    private ArrivalBatch? _batch;

    /// <summary>
    /// Begins the conversation with the process behind <paramref name="source"/> (as "-x"), if it is one of
    /// <paramref name="oldPids"/>, or came after one of them, and speaks this protocol. When another process is taking over
    /// just now this one waits for its turn, and then takes over from that one. Null with no <paramref name="error"/>: the
    /// process is to be reloaded by signals, like HAProxy.
    /// </summary>
    public static HandoverTaker? Begin(string source, IReadOnlyCollection<int> oldPids, out string? error)
    {
        error = null;
        long turn = Environment.TickCount64 + HandoverProtocol.TurnTimeoutMs;
        var patience = new Patience(oldPids);
        while (true)
        {
            int fd = OldProcessSocket.Connect(source, out _);
            if (fd < 0)
                return null;
            var taker = new HandoverTaker(fd);
            Answer answer = taker.Greet(oldPids);
            if (answer == Answer.Welcome)
                return taker;
            Files.close(fd);
            if (answer == Answer.Otherwise)
                return null;
            if (answer == Answer.Busy && Environment.TickCount64 > turn)
            {
                error = $"another process has been taking over for more than {HandoverProtocol.TurnTimeoutMs / 1000} s";
                return null;
            }
            if (answer == Answer.Leaving && !patience.AsksAgain(taker._channel.SenderPid))
                return null;
            Thread.Sleep(HandoverProtocol.TurnPauseMs);
        }
    }

    /// <summary>What the process that was asked is, or says.</summary>
    private enum Answer
    {
        Welcome,
        Otherwise,
        Leaving,
        Busy,
    }

    private Answer Greet(IReadOnlyCollection<int> oldPids)
    {
        SocketNames.SetTimeouts(_channel.Fd, HandoverProtocol.StepTimeoutMs);
        // the kernel says who speaks: also for a socket that another process listened on, and for one end of a pair
        Native.SetOption(_channel.Fd, Native.SOL_SOCKET, Native.SO_PASSCRED, 1);
        if (!Files.WriteAll(_channel.Fd, HandoverProtocol.Command))
            return Answer.Leaving;
        Span<byte> greeting = stackalloc byte[HandoverProtocol.Greeting.Length];
        for (int done = 0; done < greeting.Length; )
        {
            int n = Files.Read(_channel.Fd, greeting[done..]);
            // a process that ends just now closes without a word: its successor on the same socket will answer
            if (n <= 0)
                return n < 0 ? Answer.Otherwise : Answer.Leaving;
            done += n;
        }
        if (!greeting.SequenceEqual(HandoverProtocol.Greeting))
            return Answer.Otherwise;
        var mine = new FrameWriter();
        HandoverHello.Write(mine, Participants.All(), []);
        _channel.Send(FrameType.Hello, mine.Written);
        if (!_channel.Expect(FrameType.Hello))
            return _channel.Type == FrameType.Busy ? Answer.Busy : Answer.Leaving;
        if (HandoverHello.Read(_channel.Payload) is not { SpeaksOurs: true } hello)
            return Answer.Otherwise;
        // it will be signalled: a number that is only claimed, and that the operator has not named, is not
        if (hello.Pid <= 0 || hello.Pid != _channel.SenderPid && !Named(oldPids, hello.Pid))
            return Answer.Otherwise;
        OldPid = hello.Pid;
        _saysTheLast = hello.Version >= HandoverProtocol.SwitchVersion;
        Predecessors = [OldPid, .. hello.Predecessors];
        foreach (int pid in oldPids)
            if (Predecessors.Contains(pid))
                return Answer.Welcome;
        // another instance that shares nothing with those but the socket
        return Answer.Otherwise;
    }

    private static bool Named(IReadOnlyCollection<int> pids, int wanted)
    {
        foreach (int pid in pids)
            if (pid == wanted)
                return true;
        return false;
    }

    /// <summary>Everything is bound and built: fetches the state. Called before the workers run. False when the old process cannot go on;
    /// it then serves as before.</summary>
    public bool Prepare(EngineState engine)
    {
        _engine = engine;
        // until the old process has said the last, what operators set is set there
        engine.Handover.AwaitsAuthority = true;
        var wanted = new FrameWriter();
        StickTableParticipant.WriteWanted(engine, wanted);
        if (!_channel.Send(FrameType.Prepared, wanted.Written))
            return Close();
        while (_channel.Receive())
        {
            if (_channel.Type == FrameType.Table && !TakeTable())
                break;
            _channel.CloseDescriptors();
            if (_channel.Type == FrameType.StateEnd)
                return true;
            if (_channel.Type == FrameType.State)
                _state.Hear(_engine, _channel.Payload, running: false);
        }
        return Close();
    }

    /// <summary>The old process tells no more of it than what changes: without it there is no taking over.</summary>
    private bool TakeTable()
    {
        ReadOnlySpan<int> descriptors = _channel.Descriptors;
        bool isTaken =
            descriptors.Length == 2
            && _engine.FindStickTable(StickTableImage.NameIn(_channel.Payload)) is { } table
            && StickTableImage.Read(table, _channel.Payload, descriptors[0], descriptors[1]);
        if (isTaken)
            _channel.ReleaseDescriptors();
        return isTaken;
    }

    private bool Close()
    {
        _engine?.Handover.TakeAuthority();
        Files.close(_channel.Fd);
        _settled.Set();
        _ended.Set();
        return false;
    }

    /// <summary>
    /// Starts the thread that tells the old process to stop as soon as all workers run, and calls <paramref name="serving"/> when what
    /// that one had to say is known: whoever waits for it can set something right away.
    /// </summary>
    public void Start(Action serving)
    {
        _serving = serving;
        new Thread(Run, 512 * 1024) { IsBackground = true, Name = "handover-in" }.Start();
    }

    private void Run()
    {
        _engine.OnEachWorkerAndWait(static _ => { });
        _engine.Handover.ConnectionsMove = true;
        bool done = false;
        try
        {
            done = TellAccepting() && Take();
        }
        catch (OutOfMemoryException)
        {
            Core.Buffers.MemoryBudget.CountFailure();
        }
        TakeAuthority();
        _engine.Handover.ConnectionsMove = false;
        int leftMs = (int)(Environment.TickCount64 - _acceptingMs);
        Record(r => done ? r with { LeftMs = leftMs } : r with { Failure = "the old process was lost before it had told and given all" });
        HandoverTrace.Tell(
            HandoverTrace.End,
            TraceLevel.User,
            OldPid,
            $"handover over after {leftMs} ms: {Adopted} adopted, {Refused} refused"
        );
        _engine.Workers[0].Post(_ => _state.Ended(_engine));
        // a process that did not say it was done is gone, or must be told in the ordinary way
        if (!done)
            Processes.kill(OldPid, Signals.SIGUSR1);
        lock (_sending)
            Close();
    }

    private bool TellAccepting()
    {
        var cookies = new List<ulong>();
        foreach (ListenerState l in _engine.Listeners)
        foreach (int fd in l.Descriptors)
            cookies.Add(SocketNames.Cookie(fd));
        var list = new FrameWriter();
        list.Int32(cookies.Count);
        foreach (ulong cookie in cookies)
            list.Int64((long)cookie);
        _acceptingMs = Environment.TickCount64;
        if (!_channel.Send(FrameType.Accepting, list.Written) || !_channel.Expect(FrameType.Stopped))
            return false;
        _engine.OnEachAcceptorAndWait(static a => a.LookAgain());
        HandoverTrace.Tell(HandoverTrace.Accept, TraceLevel.User, OldPid, $"this process accepts, on {cookies.Count} sockets");
        _record = _engine.Reloads.Begin(OldPid, _acceptingMs - _begunMs);
        _state.ExpectLast(_saysTheLast);
        return true;
    }

    /// <summary>More is known of this handover.</summary>
    private void Record(Func<ReloadRecord, ReloadRecord> what)
    {
        if (_record is not null && what(_record) is { Failure.Length: > 0 } failed)
            HandoverTrace.Tell(HandoverTrace.Error, TraceLevel.Error, OldPid, failed.Failure);
        if (_record is not null)
            _engine.Reloads.Update(_record = what(_record) with { Adopted = Adopted, Refused = Refused });
    }

    /// <summary>From here on this process decides what is set.</summary>
    private void TakeAuthority()
    {
        _state.TakeAuthority();
        if (!_engine.Handover.AwaitsAuthority)
            return;
        _engine.Handover.TakeAuthority();
        _serving();
    }

    private bool Take()
    {
        _channel.SetTimeout(0);
        while (_channel.Receive())
        {
            switch (_channel.Type)
            {
                case FrameType.State:
                    _state.Hear(_engine, _channel.Payload, running: true);
                    HandoverTrace.Tell(HandoverTrace.State, TraceLevel.Data, OldPid, $"{_channel.Payload.Length} bytes of state");
                    if (_state.HasAuthority)
                        TakeAuthority();
                    break;
                case FrameType.StateEnd:
                    TakeAuthority();
                    break;
                case FrameType.Connections:
                    // version 1 does not say that it has said the last: this shows it
                    TakeAuthority();
                    if (!TakeConnections())
                        return false;
                    break;
                case FrameType.Lanes:
                    OpenLanes();
                    break;
                case FrameType.Swept:
                    TakeAuthority();
                    TakeFromLanes();
                    _engine.Handover.ConnectionsMove = false;
                    _settled.Set();
                    string refused = Refused > 0 ? $", {Refused} end there" : "";
                    long tookMs = Environment.TickCount64 - _acceptingMs;
                    Record(r => r with { MovedMs = (int)tookMs });
                    Notice?.Invoke($"{Adopted} connections taken over from process {OldPid} in {tookMs} ms{refused}.");
                    break;
                case FrameType.Ping:
                    AnswerFromAllWorkers();
                    break;
                case FrameType.Done:
                    TakeFromLanes();
                    return true;
            }
            _channel.CloseDescriptors();
        }
        // what was committed before it ended
        TakeFromLanes();
        return false;
    }

    /// <summary>The last worker to hear of it answers: what a process is asked for is whether it serves, not whether this thread
    /// runs.</summary>
    private void AnswerFromAllWorkers()
    {
        int left = _engine.WorkerCount;
        _engine.OnEachWorker(_ =>
        {
            if (Interlocked.Decrement(ref left) > 0)
                return;
            lock (_sending)
            {
                if (!_ended.IsSet)
                    _channel.Send(FrameType.Alive);
            }
        });
    }

    /// <summary>A way for the connections of each worker of the process before. With as many workers here each keeps those of its own, and
    /// they stay with the idle server connections that they have used.</summary>
    private void OpenLanes()
    {
        ReadOnlySpan<int> descriptors = _channel.Descriptors;
        _channel.ReleaseDescriptors();
        var lanes = new ArrivalLane[descriptors.Length];
        bool keep = lanes.Length == _engine.WorkerCount;
        for (int i = 0; i < lanes.Length; i++)
        {
            int place = i % _engine.WorkerCount;
            lanes[i] = new ArrivalLane(_engine.Workers[place], descriptors[i], keep ? () => place : NextWorker, Count);
            ArrivalLane lane = lanes[i];
            _engine.Workers[place].Post(_ => lane.Open());
        }
        _lanes = lanes;
        // no thread but the workers' own has to get its turn from here on
        _engine.Handover.ConnectionsMove = false;
    }

    private int NextWorker() => (int)((uint)Interlocked.Increment(ref _nextWorker) % int.MaxValue);

    private void Count(ArrivalBatch batch)
    {
        Interlocked.Add(ref _adopted, batch.Adopted);
        Interlocked.Add(ref _refused, batch.Refused);
        HandoverTrace.Tell(HandoverTrace.Move, TraceLevel.State, OldPid, $"batch: {batch.Adopted} adopted, {batch.Refused} refused");
    }

    /// <summary>What has been said on the lanes up to now is done when this returns.</summary>
    private void TakeFromLanes()
    {
        if (_lanes.Length > 0)
            _engine.OnEachWorkerAndWait(w =>
            {
                foreach (ArrivalLane lane in _lanes)
                    if (lane.Worker == w)
                        lane.Take();
            });
    }

    /// <summary>
    /// Judges a batch, claims what can be served here, and adopts it on Commit. If the old process dies in between it has
    /// given everything up that was claimed: adopted too.
    /// </summary>
    private bool TakeConnections()
    {
        ArrivalBatch batch = _batch ??= new(_engine, null, NextWorker);
        if (!batch.TryRead(_channel))
            return false;
        bool told;
        lock (_sending)
            told = _channel.Send(FrameType.Claimed, batch.Claims());
        FrameType verdict = told ? AwaitVerdict() : FrameType.Withdraw;
        if (verdict == FrameType.Commit)
        {
            batch.Adopt();
            Count(batch);
        }
        else
            batch.Withdraw();
        return told && verdict is FrameType.Commit or FrameType.Withdraw;
    }

    /// <summary>Commit, or Withdraw when this process was too slow. Commit too when the old process has died: it had given up what was
    /// claimed.</summary>
    private FrameType AwaitVerdict()
    {
        while (_channel.Receive())
        {
            _channel.CloseDescriptors();
            if (Enum.IsDefined(_channel.Type))
                return _channel.Type;
        }
        return FrameType.Commit;
    }

    /// <summary>Tells the old process that it need not stand by any longer.</summary>
    public void Release()
    {
        lock (_sending)
        {
            if (!_ended.IsSet)
                _channel.Send(FrameType.Release);
        }
    }

    /// <summary>Nothing more is heard of the process before this one.</summary>
    public bool HasEnded => _ended.IsSet;

    /// <summary>Gives the process before this one a moment to end as well: it may have finished at the same time.</summary>
    public void AwaitEnd() => _ended.Wait(HandoverProtocol.StepTimeoutMs / 10);

    /// <summary>
    /// The next process has come for us: ends the probation of the one before at once, and waits until what it had to give
    /// has arrived (bounded), so that a storm of reloads never runs more than two processes.
    /// </summary>
    public void ReleaseAndSettle()
    {
        if (_ended.IsSet)
            return;
        _settled.Wait(HandoverProtocol.StepTimeoutMs / 2);
        Release();
        AwaitEnd();
    }
}
