// A check that says something, while it runs: which step it is at, what has come, what has still to go. A buffer is held from the first
// answer that is waited for to the end of the check.
// SAFETY: the buffer is a block of the worker's pool, held from Fill to Clear; the kernel stays within what is left of it.
using System;
using Baton.Configuration.Model;
using Baton.Engine.Loop;

namespace Baton.Engine.Checks;

/// <summary>OWNER: the check's worker.</summary>
internal sealed unsafe class CheckDialogue(ServerCheck check, CheckScript script)
{
    private byte* _buffer;
    private int _length,
        _at,
        _sent;
    private bool _ended;
    private byte[]? _sending;
    private CheckAnswer _passed;

    public ServerCheck Check => check;
    public Worker Worker => check.Worker;

    /// <summary>Variables of this check, since it began; null when it has none.</summary>
    internal Variables.VariableStore? Variables { get; set; }

    /// <summary>What formats and samples see of this check, until another one evaluates something.</summary>
    internal Streams.CheckStream Stream => Worker.CheckStream.Attach(this, script.Kind == CheckKind.Http);

    /// <summary>The value of a sample as a number; null when it has none.</summary>
    internal int? Number(Configuration.Expressions.SampleExpressionConfig sample)
    {
        Samples.SampleValue value = default;
        bool known =
            Samples.SampleEvaluation.Evaluate(sample, Stream, -1, Worker.Scratch.SampleSpan, ref value)
            && Samples.SampleCast.To(Configuration.Expressions.SampleType.Integer, default, ref value);
        return known ? (int)value.Number : null;
    }

    /// <summary>The port that a connection's line says; 0 when it says none.</summary>
    public int PortOf(ConnectStep step) =>
        step.PortSample is null ? step.Port
        : Number(step.PortSample) is > 0 and <= ushort.MaxValue and int port ? port
        : 0;

    /// <summary>What has come since the last thing that was sent.</summary>
    public ReadOnlySpan<byte> Data => new(_buffer, _length);

    /// <summary>The request has asked for a head alone.</summary>
    public bool IsHead { get; private set; }

    public CheckStep Step => script.Steps[_at];

    /// <summary>COMPAT: what is said of a server that closes without a word.</summary>
    public string EmptyAnswer(int number) =>
        $"TCPCHK got an empty response at step {number.ToString(System.Globalization.CultureInfo.InvariantCulture)}";

    /// <summary>From the first step on, which connects.</summary>
    public ConnectStep Begin()
    {
        End();
        IsHead = false;
        _passed = CheckAnswer.Wait;
        for (_at = 0; Step is VariableStep variable; _at++)
            variable.Run(this);
        return (ConnectStep)Step;
    }

    /// <summary>It is over: nothing is held any more.</summary>
    public void End()
    {
        Clear();
        if (Variables is not { } store)
            return;
        Worker.Engine.VariableLimits?.TryAdd(-store.TotalCost);
        store.Clear(Worker.VariableMemory);
        Worker.VariableStores.Return(store);
        Variables = null;
    }

    private void Clear()
    {
        if (_buffer != null)
            Worker.Buffers.Return(_buffer);
        _buffer = null;
        (_length, _sent, _ended, _sending) = (0, 0, false, null);
    }

    /// <summary>The connection of the step is there.</summary>
    public void Connected() => _at++;

    /// <summary>The host that the next request of HTTP is for; null for none.</summary>
    public string? NextHost
    {
        get
        {
            for (int i = _at; i < script.Steps.Length; i++)
                if (script.Steps[i] is HttpSend send)
                    return send.Host(this);
            return null;
        }
    }

    /// <summary>Goes on as far as possible now. Of <see cref="CheckVerdict.Connect"/> the step is the next connection.</summary>
    public CheckAnswer Run()
    {
        for (; _at < script.Steps.Length; _at++)
        {
            switch (Step)
            {
                case ConnectStep:
                    Clear();
                    return new(CheckVerdict.Connect);
                case VariableStep variable:
                    variable.Run(this);
                    break;
                case SendStep send:
                    if (Send(send) is { Verdict: not CheckVerdict.Passed } unsent)
                        return unsent;
                    break;
                case ExpectStep expect:
                    CheckAnswer answer = Expect(expect);
                    if (answer.Verdict != CheckVerdict.Passed)
                        return answer;
                    _passed = answer;
                    break;
            }
        }
        return check.KeepsConnection && AwaitsRest() ? CheckAnswer.Wait : Succeeded();
    }

    /// <summary>All is well, and the connection could go on if the rest of the answer were here.</summary>
    private bool AwaitsRest() => LengthKept == 0 && Fill() && LengthKept == 0 && !_ended && _length < Worker.Buffers.BlockSize;

    private int LengthKept =>
        CheckResponse.Parse(Data, out CheckResponse response) == CheckVerdict.Passed ? response.LengthKept(IsHead) : -1;

    /// <summary>The answer is here to its end, nothing is behind it, and the connection can go on.</summary>
    internal bool IsWhole => _length > 0 && LengthKept == _length;

    private CheckAnswer Send(SendStep step)
    {
        if (_sending is null)
        {
            // a format may ask for the answer before it
            _sending = step.Bytes(this);
            if (_sending is null)
                return new(CheckVerdict.Failed, CheckStatus.Layer7Response, 0, NoText(step.Number));
            (_sent, _length) = (0, 0);
            IsHead = step is HttpSend { IsHead: true };
        }
        while (_sent < _sending.Length)
        {
            int n;
            fixed (byte* p = _sending)
                n = check.Say(p + _sent, _sending.Length - _sent);
            if (n == -1)
                return CheckAnswer.Wait;
            if (n < 0)
                // COMPAT: who does not listen has said so: what it answered before counts, if anything is expected
                break;
            _sent += n;
        }
        _sending = null;
        return new(CheckVerdict.Passed);
    }

    /// <summary>COMPAT: what is said of a format that should give hexadecimal digits.</summary>
    private static string NoText(int number) =>
        $"tcp-check send : failed to build log-format string at step {number.ToString(System.Globalization.CultureInfo.InvariantCulture)}";

    private CheckAnswer Expect(ExpectStep step)
    {
        if (!Fill())
            return new(CheckVerdict.Failed, CheckStatus.SocketError, 0, Interop.Linux.Errno.Message(Interop.Linux.Errno.ENOMEM));
        bool last = _ended || _length == Worker.Buffers.BlockSize;
        CheckAnswer answer = step.Judge(this, last);
        return answer.Verdict == CheckVerdict.Wait && last ? step.Fail(this, step.ErrorStatus, 0, "") : answer;
    }

    /// <summary>Takes what is there; false when there is no memory.</summary>
    private bool Fill()
    {
        if (_buffer == null)
            _buffer = Worker.Buffers.Rent();
        if (_buffer == null)
            return false;
        int room = Worker.Buffers.BlockSize;
        while (!_ended && _length < room && check.MayHear)
        {
            int n = check.Hear(_buffer + _length, room - _length);
            if (n == -1)
                break;
            _ended = n <= 0;
            _length += Math.Max(0, n);
        }
        return true;
    }

    /// <summary>COMPAT: a dialogue that says nothing is a connection; one by tcp-check says that it was one.</summary>
    private CheckAnswer Succeeded()
    {
        if (!script.Talks)
            return new(CheckVerdict.Done, CheckStatus.Layer4Ok);
        ExpectStep? last = script.Steps[^1] as ExpectStep;
        return new(
            CheckVerdict.Done,
            last?.OkStatus ?? CheckStatus.Layer7Ok,
            last?.Code(this, _passed.Code) ?? _passed.Code,
            last?.OnSuccess?.Text(this)
                ?? (
                    _passed.Info.Length > 0 ? _passed.Info
                    : script.Kind == CheckKind.Tcp ? "(tcp-check)"
                    : ""
                )
        );
    }

    /// <summary>The time is over.</summary>
    public CheckAnswer TimedOut() =>
        _at == script.Steps.Length
            ? Succeeded()
            : new(
                CheckVerdict.Failed,
                Step switch
                {
                    ConnectStep => CheckStatus.Layer4Timeout,
                    ExpectStep expect => expect.TimeoutStatus,
                    _ => CheckStatus.Layer7Timeout,
                },
                0,
                Where
            );

    /// <summary>COMPAT: only tcp-check says where it was.</summary>
    public string Where => script.Kind == CheckKind.Tcp ? Step.Where : "";
}
