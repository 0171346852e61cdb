// The rows of the actions of one step that StreamActions holds: set-retries, disable-l7-retry, pause, reject and their like.
using Baton.Configuration.Expressions;

namespace Baton.Engine.Rules;

internal static class SmallActions
{
    internal static readonly EngineAction[] Rows =
    [
        new()
        {
            Name = "disable-l7-retry",
            ValidIn = RuleSets.HttpRequest,
            Summary = "sends this request once, whatever retry-on says",
            Build = _ => new DisableRetryAction(),
        },
        new()
        {
            Name = "set-retries",
            ValidIn = RuleSets.TcpRequestContent | RuleSets.HttpRequest,
            Summary = "number of connect retries of this stream",
            Arguments = [new(ArgumentKind.IntegerOrSample, "number")],
            Build = r => new SetRetriesAction(r),
        },
        new()
        {
            Name = "pause",
            ValidIn = RuleSets.HttpRequest | RuleSets.HttpResponse,
            Summary = "waits before the next rule",
            Arguments = [new(ArgumentKind.TimeOrSample, "time")],
            Build = r => new PauseAction(r),
        },
        new()
        {
            Name = "wait-for-handshake",
            ValidIn = RuleSets.HttpRequest,
            Summary = "waits until the handshake of the client's connection is over",
            Build = _ => new WaitForHandshakeAction(),
        },
        new()
        {
            Name = "reject",
            ValidIn = RuleSets.HttpRequest,
            Final = true,
            Summary = "closes the connection without an answer",
            Build = _ => new RejectAction(),
        },
        new()
        {
            Name = "strict-mode",
            ValidIn = RuleSets.AnyHttp,
            Summary = "whether a failed rewrite is an error",
            Arguments = [new(ArgumentKind.Choice, "mode", false, ["on", "off"])],
            Build = r => new StrictModeAction(r),
        },
    ];
}
