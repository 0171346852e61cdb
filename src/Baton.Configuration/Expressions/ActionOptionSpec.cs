// A named option of an action, with the arguments behind it.
namespace Baton.Configuration.Expressions;

public sealed record ActionOptionSpec(string Name, ArgumentSpec[] Arguments, bool Repeatable = false);
