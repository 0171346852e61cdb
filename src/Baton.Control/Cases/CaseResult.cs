// What became of one case of "baton test".
namespace Baton.Control.Cases;

/// <param name="Fault">What is not as expected, a line each; empty when all is.</param>
/// <param name="IsTrouble">It could not be tried at all.</param>
public sealed record CaseResult(RequestCase Case, string Fault, bool IsTrouble, double Milliseconds)
{
    public bool HasPassed => Fault.Length == 0;
}
