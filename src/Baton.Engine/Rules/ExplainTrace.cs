// "baton explain": what becomes of one stream in the engine that serves traffic, rule by rule. It stands where -d does.
using System.Collections.Generic;
using System.Text;
using System.Threading;
using Baton.Configuration.Expressions;
using Baton.Engine.Acls;
using Baton.Engine.Streams;
using Baton.Http.Messages;

namespace Baton.Engine.Rules;

/// <summary>Filled in by the worker; who waits for <see cref="Wait"/> may read then.</summary>
/// <param name="frontend">The section whose stream is explained: others, as that of a stand-in for servers, are not.</param>
public sealed class ExplainTrace(string frontend) : DebugTrace
{
    private readonly ManualResetEventSlim _ended = new();

    public List<ExplainedRule> Rules { get; } = [];

    /// <summary>The section that stands in for servers; what comes to it is what a server would get.</summary>
    public string? StandIn { get; init; }

    /// <summary>Fields of the request as the server would get it, "name: value".</summary>
    public List<string> SentFields { get; } = [];

    /// <summary>Where it went: null for nowhere.</summary>
    public string? Backend { get; private set; }
    public string? Server { get; private set; }

    /// <summary>The server was asked; else the answer was made here.</summary>
    public bool HasReachedServer { get; private set; }

    /// <summary>The status that the client got; 0 for none, as in mode tcp.</summary>
    public int Status { get; private set; }

    public bool Wait(int timeoutMs) => _ended.Wait(timeoutMs);

    private bool IsMine(ProxyStream stream) => stream.Frontend.Name == frontend && !_ended.IsSet;

    public override void Accepted(ProxyStream stream) { }

    public override void Head(ProxyStream stream, MessageHead head, bool response)
    {
        if (response && IsMine(stream))
            HasReachedServer = true;
        if (response || stream.Frontend.Name != StandIn)
            return;
        for (int i = 0; i < head.FieldCount; i++)
        {
            ref HeaderField one = ref head.Field(i);
            if (!one.IsRemoved)
                SentFields.Add($"{Encoding.Latin1.GetString(one.NameSpan)}: {Encoding.Latin1.GetString(one.ValueSpan)}");
        }
    }

    public override void Rule(ProxyStream stream, RuleConfig rule, Condition? condition, bool holds)
    {
        if (IsMine(stream))
            Rules.Add(new ExplainedRule(rule.Position, stream.Backend?.Name ?? frontend, holds, condition?.Explain(stream) ?? []));
    }

    public override void Switch(ProxyStream stream, BackendSwitch line, bool holds)
    {
        if (IsMine(stream))
            Rules.Add(new ExplainedRule(line.Position, frontend, holds, line.Condition?.Explain(stream) ?? []));
    }

    public override void Closed(ProxyStream stream)
    {
        if (!IsMine(stream))
            return;
        Backend = stream.Backend?.Name;
        Server = stream.Server?.Name;
        Status = (stream as HttpStream)?.Status ?? 0;
        HasReachedServer |= !stream.IsHttp && stream.Server is not null;
        _ended.Set();
    }
}
