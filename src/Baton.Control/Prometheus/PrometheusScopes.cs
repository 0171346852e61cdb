// The parts of what the Prometheus exporter tells.
using System;

namespace Baton.Control.Prometheus;

/// <summary>The parts of the answer, by the names that a request gives them (global, frontend, listener, backend, server).</summary>
[Flags]
internal enum PrometheusScopes : byte
{
    None = 0,
    Global = 1,
    Frontends = 2,
    Backends = 4,
    Servers = 8,
    Listeners = 16,
    All = Global | Frontends | Listeners | Backends | Servers,
}
