// An option of a command for people, as help, completion and manual pages tell of it.
namespace Baton.Commands;

/// <param name="Name">With its dashes.</param>
/// <param name="Argument">What stands behind it; empty for nothing.</param>
/// <param name="Says">What it does, in a sentence without a full stop.</param>
internal sealed record CommandOption(string Name, string Argument, string Says);
