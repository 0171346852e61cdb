// "tcp-check expect": bytes as they come. COMPAT: what is said of a failure.
using Baton.Configuration.Model;

namespace Baton.Engine.Checks;

internal sealed class TextExpect(CheckRuleConfig rule, CheckPattern pattern) : ExpectStep
{
    public override CheckAnswer Judge(CheckDialogue dialogue, bool last)
    {
        if (dialogue.Data.IsEmpty)
            return last ? Fail(WithComment(dialogue.EmptyAnswer(Number))) : CheckAnswer.Wait;
        CheckVerdict verdict = pattern.Judge(dialogue.Worker, dialogue.Data, last);
        return verdict == CheckVerdict.Failed ? Fail(WithComment($"TCPCHK {Fault} at step {Text(Number)}")) : new(verdict);
    }

    private CheckAnswer Fail(string info) => new(CheckVerdict.Failed, ErrorStatus, 0, OnError ?? info);

    private static string Text(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private string Fault =>
        (rule.Inverse ? "matched unwanted content" : "did not match content")
        + rule.Match switch
        {
            CheckMatch.String => $" '{rule.Pattern}'",
            CheckMatch.Binary => " (binary)",
            CheckMatch.BinaryRegex => " (binary regex)",
            _ => " (regex)",
        };

    public override string Where =>
        rule.Match switch
        {
            CheckMatch.String => At($"expect string '{rule.Pattern}'"),
            CheckMatch.Binary => At("expect binary"),
            CheckMatch.BinaryRegex => At("expect binary regex"),
            _ => At("expect regex"),
        };
}
