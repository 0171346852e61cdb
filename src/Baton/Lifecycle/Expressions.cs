// Where the engine's tables of fetches, converters, actions and aliases meet the parser, which must not see the engine.
using Baton.Configuration.Diagnostics;
using Baton.Configuration.Expressions;

namespace Baton.Lifecycle;

internal static class Expressions
{
    public static IExpressionParser Create(DiagnosticSink diagnostics) => new NoExpressions(diagnostics);
}
