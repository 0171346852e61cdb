// Where the engine's tables of fetches, converters, actions and aliases meet the parser, which must not see the engine.
using Baton.Configuration.Diagnostics;
using Baton.Configuration.Expressions;
using Baton.Engine.Rules;

namespace Baton.Lifecycle;

internal static class Expressions
{
    public static IExpressionParser Create(DiagnosticSink diagnostics) => new ExpressionParser(EngineCatalog.Create(), diagnostics);
}
