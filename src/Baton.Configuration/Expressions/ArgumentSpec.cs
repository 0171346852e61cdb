// How the tables of fetches, converters and actions declare their arguments.
namespace Baton.Configuration.Expressions;

/// <summary>One declared argument: kind, a name for messages and help, whether it may be left out.</summary>
public sealed record ArgumentSpec(ArgumentKind Kind, string Name, bool Optional = false, string[]? Choices = null);
