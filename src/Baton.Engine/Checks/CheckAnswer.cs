// What a step of a check comes to: nothing yet, on to the next, or the end with an outcome.
namespace Baton.Engine.Checks;

internal readonly record struct CheckAnswer(CheckVerdict Verdict, CheckStatus Status = CheckStatus.Unknown, int Code = 0, string Info = "")
{
    public static CheckAnswer Wait => new(CheckVerdict.Wait);
}
