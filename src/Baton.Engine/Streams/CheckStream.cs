// Stands in for a stream where a health check evaluates formats, samples and variables: there is a server and what it has answered, and no
// client.
// SAFETY: the answer is looked at where the check holds it, for the length of one evaluation.
using System;
using Baton.Configuration.Expressions;
using Baton.Engine.Checks;
using Baton.Engine.Variables;
using Baton.Http.H1;
using Baton.Http.Messages;

namespace Baton.Engine.Streams;

/// <summary>OWNER: one worker. Pointed at a check for the length of an evaluation.</summary>
public sealed class CheckStream : StandInStream
{
    private CheckDialogue _dialogue = null!;
    private bool _isHttp;

    /// <param name="http">What comes is HTTP.</param>
    internal CheckStream Attach(CheckDialogue dialogue, bool http)
    {
        (_dialogue, _isHttp) = (dialogue, http);
        Worker = dialogue.Worker;
        Server = dialogue.Check.Server;
        Backend = Server.Backend;
        Times.Reset();
        Times.Accept = Worker.NowMs;
        Times.AcceptWallMs = Worker.NowMs + Worker.WallClockOffsetMs;
        return this;
    }

    public override bool IsHttp => false;
    internal override ReadOnlySpan<byte> RequestBytes => default;
    internal override ReadOnlySpan<byte> ResponseBytes => _dialogue.Data;

    /// <summary>The head of the answer, valid until the next look at one; null when there is none, or it has not come as a whole.</summary>
    internal unsafe MessageHead? AnswerHead
    {
        get
        {
            ReadOnlySpan<byte> data = _dialogue.Data;
            if (!_isHttp || data.IsEmpty)
                return null;
            HeadParser parser = Worker.InspectionParser;
            parser.Head.Reset();
            fixed (byte* p = data)
                return
                    parser.ParseResponse(p, data.Length, _dialogue.IsHead ? HttpMethod.Head : HttpMethod.Get, default)
                    == ParseStatus.Complete
                    ? parser.Head
                    : null;
        }
    }

    /// <summary>What has come of the answer's body, without its framing.</summary>
    internal bool TryGetAnswerBody(out ReadOnlySpan<byte> body)
    {
        body = default;
        if (!_isHttp || CheckResponse.Parse(_dialogue.Data, out CheckResponse response) != CheckVerdict.Passed)
            return false;
        body = response.Body(_dialogue.IsHead, out _);
        return true;
    }

    internal override bool HasScope(VariableScope scope) => scope is VariableScope.Check or VariableScope.Session;

    internal override VariableStore? StoreOf(VariableScope scope) => _dialogue.Variables;

    internal override VariableStore? EnsureStore(VariableScope scope) => _dialogue.Variables ??= Worker.VariableStores.Rent();

    /// <summary>False, and nothing counted, when "tune.vars" does not let it have so many bytes more.</summary>
    internal bool Account(VariableLimits limits, int bytes)
    {
        if (EnsureStore(VariableScope.Check) is not { } store || !limits.Allows(VariableScope.Check, store.Size + bytes))
            return false;
        if (!limits.TryAdd(bytes))
            return false;
        store.Size += bytes;
        return true;
    }
}
