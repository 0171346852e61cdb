// set-mark, set-tos and their fc- forms: how the packets towards the client are marked.
using Baton.Configuration.Expressions;
using Baton.Engine.Streams;
using Baton.Interop.Linux;

namespace Baton.Engine.Rules;

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
        int fd = stream.Connection.Fd;
        if (tos)
            SetTypeOfService(fd, value, stream.Session.Source.IsIPv6);
        else
            Sockets.SetOption(fd, Sockets.SOL_SOCKET, Sockets.SO_MARK, value);
        return Verdict.Continue;
    }

    private static void SetTypeOfService(int fd, int tos, bool isIPv6)
    {
        // an IPv4 client of an IPv6 socket is told by both
        if (isIPv6)
            Sockets.SetOption(fd, Sockets.IPPROTO_IPV6, Sockets.IPV6_TCLASS, tos);
        Sockets.SetOption(fd, Sockets.IPPROTO_IP, Sockets.IP_TOS, tos);
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
