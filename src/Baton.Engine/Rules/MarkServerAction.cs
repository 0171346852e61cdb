// set-bc-mark and set-bc-tos: how the packets towards the server are marked.
using Baton.Configuration.Expressions;
using Baton.Engine.Servers;
using Baton.Engine.Streams;

namespace Baton.Engine.Rules;

/// <summary>The same towards the server, from here on: on the connection there is, or on the one to be made.</summary>
internal sealed class MarkServerAction(RuleConfig rule, bool tos) : StreamAction
{
    private readonly NumberArgument _value = new(rule.Arguments[0]);

    public override Verdict RunOn(ProxyStream stream)
    {
        if (!_value.TryGet(stream, out long number))
            return Verdict.Continue;
        ServerMarks marks = stream.Connecting.Marks;
        stream.Connecting.Marks = tos ? marks with { TypeOfService = (byte)number } : marks with { Mark = (uint)number };
        return Verdict.Continue;
    }

    private const RuleSets Sets = RuleSets.TcpRequestContent | RuleSets.HttpRequest;
    private static readonly ArgumentSpec[] Number = [new(ArgumentKind.IntegerOrSample, "value")];

    internal static readonly EngineAction[] Rows =
    [
        new()
        {
            Name = "set-bc-mark",
            ValidIn = Sets,
            Arguments = Number,
            Summary = "marks the packets towards the server",
            Build = r => new MarkServerAction(r, false),
        },
        new()
        {
            Name = "set-bc-tos",
            ValidIn = Sets,
            Arguments = Number,
            Summary = "type-of-service byte towards the server",
            Build = r => new MarkServerAction(r, true),
        },
    ];
}
