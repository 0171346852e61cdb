// What of the metrics a request wants: /metrics?scope=global&scope=frontend&no-maint&metrics=haproxy_frontend_status.
using System;
using System.Text;

namespace Baton.Control.Prometheus;

internal static class PrometheusQuery
{
    /// <summary>Reads the query. False when it names a scope that there is none of.</summary>
    /// <param name="query">Behind the question mark.</param>
    /// <param name="scopes">Whose metrics.</param>
    /// <param name="noMaintenance">Without servers in maintenance.</param>
    /// <param name="hasExtra">What modules count besides.</param>
    /// <param name="names">Which metrics; null for all.</param>
    public static bool TryRead(
        ReadOnlySpan<byte> query,
        out PrometheusScopes scopes,
        out bool noMaintenance,
        out bool hasExtra,
        out MetricNames? names
    )
    {
        names = null;
        scopes = PrometheusScopes.All;
        noMaintenance = hasExtra = false;
        bool named = false;
        foreach (string part in Encoding.ASCII.GetString(query).Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == "extra-counters")
                hasExtra = true;
            if (part == "no-maint")
                noMaintenance = true;
            if (part.StartsWith("metrics=", StringComparison.Ordinal))
                (names ??= new()).Add(Uri.UnescapeDataString(part[8..]));
            if (!part.StartsWith("scope=", StringComparison.Ordinal))
                continue;
            // the first that is named takes the place of all
            if (!named)
                scopes = PrometheusScopes.None;
            named = true;
            foreach (string scope in Uri.UnescapeDataString(part[6..]).Split(','))
            {
                switch (scope)
                {
                    case "":
                        scopes = PrometheusScopes.None;
                        break;
                    case "*":
                        scopes = PrometheusScopes.All;
                        break;
                    case "global":
                        scopes |= PrometheusScopes.Global;
                        break;
                    case "frontend":
                        scopes |= PrometheusScopes.Frontends;
                        break;
                    case "listener":
                        scopes |= PrometheusScopes.Listeners;
                        break;
                    case "backend":
                        scopes |= PrometheusScopes.Backends;
                        break;
                    case "server":
                        scopes |= PrometheusScopes.Servers;
                        break;
                    default:
                        return false;
                }
            }
        }
        return true;
    }
}
