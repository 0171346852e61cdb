namespace Baton.Configuration.Model;

/// <summary>Where in the configuration something was written; kept by every *Config so that later errors can point at it.</summary>
public readonly record struct SourcePosition(string File, int Line)
{
    public override string ToString() => $"{File}:{Line}";
}
