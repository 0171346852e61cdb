// set-src, set-src-port, set-dst, set-dst-port, set-mark, set-tos: what rules change of the client's connection.
using System;
using Baton.Configuration.Expressions;
using Baton.Engine.Connections;
using Baton.Engine.Samples;
using Baton.Engine.Servers;
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

/// <summary>Marks the packets towards the client: SO_MARK (needs a privilege; nothing happens without it) or the type-of-service
/// byte.</summary>
internal sealed class MarkClientAction(RuleConfig rule, bool tos) : StreamAction
{
    private readonly NumberArgument _value = new(rule.Arguments[0]);

    public override Verdict RunOn(ProxyStream stream)
    {
        if (!_value.TryGet(stream, out long number))
            return Verdict.Continue;
        int value = unchecked((int)number);
        if (tos)
            stream.Client.SetTypeOfService(value);
        else
            stream.Client.SetMark(value);
        return Verdict.Continue;
    }

    private const RuleSets Sets = RuleSets.AnyTcp | RuleSets.HttpRequest | RuleSets.HttpResponse;
    private static readonly ArgumentSpec[] Number = [new(ArgumentKind.Integer, "value")],
        NumberOrSample = [new(ArgumentKind.IntegerOrSample, "value")];

    internal static readonly EngineAction[] Rows =
    [
        new()
        {
            Name = "set-mark",
            ValidIn = Sets,
            Arguments = Number,
            Summary = "marks the packets towards the client",
            Build = r => new MarkClientAction(r, false),
        },
        new()
        {
            Name = "set-tos",
            ValidIn = Sets,
            Arguments = Number,
            Summary = "type-of-service byte towards the client",
            Build = r => new MarkClientAction(r, true),
        },
        new()
        {
            Name = "set-fc-mark",
            ValidIn = Sets,
            Arguments = NumberOrSample,
            Summary = "marks the packets towards the client",
            Build = r => new MarkClientAction(r, false),
        },
        new()
        {
            Name = "set-fc-tos",
            ValidIn = Sets,
            Arguments = NumberOrSample,
            Summary = "type-of-service byte towards the client",
            Build = r => new MarkClientAction(r, true),
        },
    ];
}

/// <summary>The same towards the server, from here on: on the connection there is, or on the one to be made.</summary>
internal sealed class MarkServerAction(RuleConfig rule, bool tos) : StreamAction
{
    private readonly NumberArgument _value = new(rule.Arguments[0]);

    public override Verdict RunOn(ProxyStream stream)
    {
        if (!_value.TryGet(stream, out long number))
            return Verdict.Continue;
        ServerMarks marks = stream.ServerMarks;
        stream.ServerMarks = tos ? marks with { TypeOfService = (byte)number } : marks with { Mark = (uint)number };
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
