// One place that breaks a rule.
namespace Baton.Tidy;

/// <param name="Path">Relative to the top of the tree.</param>
/// <param name="Line">Counted from 1.</param>
/// <param name="What">What is wrong there, for a person.</param>
public sealed record Finding(string Path, int Line, string What)
{
    public override string ToString() => $"{Path}:{Line}: {What}";
}
