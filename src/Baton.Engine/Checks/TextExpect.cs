// "tcp-check expect": bytes as they come. COMPAT: what is said of a failure.
using Baton.Configuration.Model;

namespace Baton.Engine.Checks;

internal sealed class TextExpect(CheckRuleConfig rule, CheckPattern pattern) : ExpectStep
{
    public override CheckAnswer Judge(CheckDialogue dialogue, bool last)
    {
        if (dialogue.Data.IsEmpty)
            return last ? Fail(dialogue, ErrorStatus, 0, WithComment(dialogue.EmptyAnswer(Number))) : CheckAnswer.Wait;
        CheckVerdict verdict = pattern.Judge(dialogue, dialogue.Data, last, out string? lack);
        return verdict == CheckVerdict.Failed
            ? Fail(dialogue, ErrorStatus, 0, lack ?? WithComment($"TCPCHK {Fault} at step {Text(Number)}"))
            : new(verdict);
    }

    private static string Text(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private string Fault =>
        (rule.Inverse ? "matched unwanted content" : "did not match content")
        + rule.Match switch
        {
            CheckMatch.String when rule.Format is not null => " (log-format string)",
            CheckMatch.Binary when rule.Format is not null => " (log-format binary)",
            CheckMatch.String => $" '{rule.Pattern}'",
            CheckMatch.Binary => " (binary)",
            CheckMatch.BinaryRegex => " (binary regex)",
            _ => " (regex)",
        };

    public override string Where =>
        rule.Match switch
        {
            CheckMatch.String when rule.Format is not null => At("expect log-format string"),
            CheckMatch.Binary when rule.Format is not null => At("expect log-format binary"),
            CheckMatch.String => At($"expect string '{rule.Pattern}'"),
            CheckMatch.Binary => At("expect binary"),
            CheckMatch.BinaryRegex => At("expect binary regex"),
            _ => At("expect regex"),
        };
}
