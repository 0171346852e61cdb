// accept, reject, close, expect-proxy, silent-drop: how the rules of the tcp sets end (manual, "tcp-request connection" and following).
using Baton.Configuration.Expressions;
using Baton.Engine.Streams;

namespace Baton.Engine.Rules;

/// <summary>An action that is nothing but its verdict.</summary>
internal sealed class VerdictAction(Verdict verdict) : StreamAction
{
    public override Verdict RunOn(ProxyStream stream) => verdict;

    private static readonly ArgumentSpec[] Layer = [new(ArgumentKind.Choice, "layer", false, ["layer4"])];

    internal static readonly EngineAction[] Rows =
    [
        new()
        {
            Name = "accept",
            ValidIn = RuleSets.AnyTcp,
            Final = true,
            Summary = "ends the rules of this set",
            Build = _ => new VerdictAction(Verdict.Stop),
        },
        new()
        {
            Name = "reject",
            ValidIn = RuleSets.AnyTcp,
            Final = true,
            Summary = "closes the connection without an answer",
            Build = _ => new VerdictAction(Verdict.Refused),
        },
        new()
        {
            Name = "close",
            ValidIn = RuleSets.TcpResponseContent,
            Final = true,
            Summary = "closes the server's connection; the client gets what has come",
            Build = _ => new CloseServerAction(),
        },
        new()
        {
            Name = "expect-proxy",
            ValidIn = RuleSets.TcpRequestConnection,
            Arguments = Layer,
            Summary = "a PROXY header comes first",
            Build = _ => new ExpectProxyAction(),
        },
        new()
        {
            Name = "silent-drop",
            ValidIn = RuleSets.AnyTcp | RuleSets.HttpRequest | RuleSets.HttpResponse,
            Final = true,
            Summary = "forgets the connection without telling the client",
            Build = _ => new SilentDropAction(),
        },
    ];
}

/// <summary>tcp-request connection expect-proxy: as if the bind line said accept-proxy.</summary>
internal sealed class ExpectProxyAction : StreamAction
{
    public override Verdict RunOn(ProxyStream stream)
    {
        stream.Connection.ExpectProxyHeader();
        return Verdict.Continue;
    }
}

/// <summary>tcp-response content close.</summary>
internal sealed class CloseServerAction : StreamAction
{
    public override Verdict RunOn(ProxyStream stream)
    {
        stream.Relay.DropServer();
        return Verdict.Stop;
    }
}

/// <summary>The client is not told: its packets meet silence, as if the machine had gone.</summary>
internal sealed class SilentDropAction : StreamAction
{
    public override Verdict RunOn(ProxyStream stream)
    {
        // COMPAT: counted here, as a denied request, whatever the rule set
        stream.Frontend.Counters[stream.Worker.Index].DeniedRequests++;
        stream.Session.Listener.Counters[stream.Worker.Index].DeniedRequests++;
        if (stream.Backend is { } backend)
            backend.Counters[stream.Worker.Index].DeniedRequests++;
        stream.Connection.ForgetOnClose();
        return Verdict.Refused;
    }
}
