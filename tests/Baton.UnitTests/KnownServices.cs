// The services that the program has are there in tests as well: configurations name them.
using System.Runtime.CompilerServices;
using Baton.Control.Prometheus;
using Baton.Engine.Services;

namespace Baton.UnitTests;

internal static class KnownServices
{
    [ModuleInitializer]
    internal static void Add() => ServiceCatalog.Add(PrometheusExporter.Keyword);
}
