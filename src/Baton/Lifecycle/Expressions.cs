// Where the engine's tables of fetches, converters, actions and aliases meet the parser, which must not see the engine.
using Baton.Configuration.Diagnostics;
using Baton.Configuration.Expressions;
using Baton.Control.Prometheus;
using Baton.Control.StatsPage;
using Baton.Engine.Rules;
using Baton.Engine.Services;

namespace Baton.Lifecycle;

internal static class Expressions
{
    /// <summary>What use-service may name, and the statistics page, come from the rooms above the engine.</summary>
    static Expressions()
    {
        ServiceCatalog.Add(PrometheusExporter.Keyword);
        ServiceCatalog.StatsPage = static (stream, access) => new StatsService(stream, access);
    }

    public static IExpressionParser Create(DiagnosticSink diagnostics) => new ExpressionParser(EngineCatalog.Create(), diagnostics);
}
