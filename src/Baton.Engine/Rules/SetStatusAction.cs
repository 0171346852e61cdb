// set-status: another status, with its reason, for an answer on its way to the client.
using Baton.Configuration.Expressions;
using Baton.Core.Text;
using Baton.Engine.Streams;
using Baton.Http.Messages;

namespace Baton.Engine.Rules;

/// <summary>http-response set-status CODE [reason TEXT].</summary>
internal sealed class SetStatusAction(RuleConfig rule) : RuleAction
{
    private readonly int _status = (int)rule.Arguments[0].Number;
    private readonly byte[]? _reason = rule.Options.Count > 0 ? ByteText.GetBytes(rule.Options[0].Arguments[0].Text) : null;

    public override Verdict Run(HttpStream stream)
    {
        MessageHead head = stream.Rules.Editable();
        // an answer is final: what is said to be an interim one would leave the client waiting for another
        return stream.Rules.NoteEdit(
            (_status >= 200 || _status == head.Status)
                && head.SetStatus(_status)
                && head.SetReason(_reason ?? Http.StatusReason.Of(_status))
        );
    }

    internal static readonly EngineAction[] Rows =
    [
        new()
        {
            Name = "set-status",
            ValidIn = RuleSets.HttpResponse | RuleSets.HttpAfterResponse,
            Arguments = [new(ArgumentKind.Status, "status")],
            Summary = "replaces the status",
            Options = [new("reason", [new(ArgumentKind.String, "text")])],
            Build = r => new SetStatusAction(r),
        },
    ];
}
