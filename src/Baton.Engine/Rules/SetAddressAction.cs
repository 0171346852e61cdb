// set-src, set-src-port, set-dst, set-dst-port: what rules change of the addresses of a client's connection.
using Baton.Configuration.Expressions;
using Baton.Engine.Connections;
using Baton.Engine.Samples;
using Baton.Engine.Streams;

namespace Baton.Engine.Rules;

/// <summary>
/// Replaces an address or a port of the stream, or in rules of the connection and the session of the connection, by a sample; one that is
/// no address or port changes nothing.
/// </summary>
internal sealed class SetAddressAction(RuleConfig rule, bool source, bool port) : StreamAction
{
    private readonly SampleExpressionConfig _sample = (SampleExpressionConfig)rule.Arguments[0].Value!;

    public override Verdict RunOn(ProxyStream stream)
    {
        scoped SampleValue value = default;
        if (!_sample.Evaluate(stream, -1, stream.Worker.Scratch.SampleSpan, ref value))
            return Verdict.Continue;
        SocketAddress address = source ? stream.Source : stream.Destination;
        if (port)
        {
            if (!value.TryGetNumber(out long number))
                return Verdict.Continue;
            // COMPAT: a connection without an address gets 0.0.0.0
            if (address.Length == 0)
                address = SocketAddress.From([0, 0, 0, 0], 0);
            address.Port = (ushort)number;
        }
        else
        {
            if (!value.TryGetAddress(out SocketAddress given))
                return Verdict.Continue;
            // COMPAT: the port stays, also with an address of another family
            given.Port = address.Port;
            address = given;
        }
        if (source)
            stream.SetSource(address);
        else
            stream.SetDestination(address);
        return Verdict.Continue;
    }

    private const RuleSets Sets =
        RuleSets.TcpRequestConnection | RuleSets.TcpRequestSession | RuleSets.TcpRequestContent | RuleSets.HttpRequest;
    private static readonly ArgumentSpec[] Expression = [new(ArgumentKind.Sample, "expression")];

    internal static readonly EngineAction[] Rows =
    [
        new()
        {
            Name = "set-src",
            ValidIn = Sets,
            Arguments = Expression,
            Summary = "replaces the source address",
            Build = r => new SetAddressAction(r, true, false),
        },
        new()
        {
            Name = "set-src-port",
            ValidIn = Sets,
            Arguments = Expression,
            Summary = "replaces the source port",
            Build = r => new SetAddressAction(r, true, true),
        },
        new()
        {
            Name = "set-dst",
            ValidIn = Sets,
            Arguments = Expression,
            Summary = "replaces the destination address",
            Build = r => new SetAddressAction(r, false, false),
        },
        new()
        {
            Name = "set-dst-port",
            ValidIn = Sets,
            Arguments = Expression,
            Summary = "replaces the destination port",
            Build = r => new SetAddressAction(r, false, true),
        },
    ];
}
