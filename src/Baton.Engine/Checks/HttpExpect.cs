// "http-check expect", and what is expected where no line says it: a status of 2xx or 3xx. COMPAT: codes, and what is said of a failure.
using System;
using System.Globalization;
using Baton.Configuration.Model;
using Baton.Core.Text;

namespace Baton.Engine.Checks;

internal sealed class HttpExpect(CheckRuleConfig rule, CheckPattern? pattern, CheckFieldPattern? field) : ExpectStep
{
    public override CheckAnswer Judge(CheckDialogue dialogue, bool last)
    {
        CheckVerdict head = CheckResponse.Parse(dialogue.Data, out CheckResponse response);
        if (head == CheckVerdict.Wait && !last)
            return CheckAnswer.Wait;
        if (head != CheckVerdict.Passed)
            return new(CheckVerdict.Failed, CheckStatus.Layer7Response);
        ServerCheckTarget(dialogue, out bool drains);
        if (drains && response.Status == 404)
            return new(CheckVerdict.Failed, CheckStatus.Layer7OkConditional, response.Status);
        return rule.Match switch
        {
            CheckMatch.Status => JudgeHead(dialogue, response, InCodes(response.Status)),
            CheckMatch.StatusRegex => JudgeHead(dialogue, response, MatchesStatus(dialogue, response.Status)),
            CheckMatch.Header or CheckMatch.FullHeader => JudgeHead(dialogue, response, field!.Matches(dialogue, response)),
            _ => JudgeBody(dialogue, response, last),
        };
    }

    /// <summary>"http-check disable-on-404", which does not bring back a server that is down.</summary>
    private static void ServerCheckTarget(CheckDialogue dialogue, out bool drains) =>
        drains = dialogue.Check.Server.HealthCheck.DisableOn404 && !dialogue.Check.Server.IsDown;

    private bool InCodes(int status) => rule.Codes.Exists(c => status >= c.Low && status <= c.High);

    private bool MatchesStatus(CheckDialogue dialogue, int status) =>
        pattern!.Matches(dialogue.Worker, ByteText.GetBytes(status.ToString(CultureInfo.InvariantCulture)));

    private CheckAnswer JudgeHead(CheckDialogue dialogue, in CheckResponse response, bool found)
    {
        if (found != rule.Inverse)
            return new(CheckVerdict.Passed, OkStatus, response.Status);
        CheckStatus status = rule.ErrorStatus is null ? CheckStatus.Layer7Status : ErrorStatus;
        return Fail(dialogue, status, response.Status, WithComment(response.Reason));
    }

    private CheckAnswer JudgeBody(CheckDialogue dialogue, in CheckResponse response, bool last)
    {
        ReadOnlySpan<byte> body = response.Body(dialogue.IsHead, out bool complete);
        // a body that is framed and not all there is no less conclusive once the connection is gone
        string? lack = null;
        CheckVerdict verdict =
            body.IsEmpty && !complete && !last ? CheckVerdict.Wait : pattern!.Judge(dialogue, body, complete || last, out lack);
        string fault = rule.Inverse ? "HTTP check matched unwanted content" : "HTTP content check did not match";
        return verdict switch
        {
            CheckVerdict.Failed => Fail(dialogue, ErrorStatus, 0, lack ?? WithComment(fault)),
            CheckVerdict.Passed => new(verdict, OkStatus, response.Status),
            _ => CheckAnswer.Wait,
        };
    }

    public override string Where => "";
}
