// The states that the exporter has a sample for.
using System;

namespace Baton.Control.Prometheus;

internal static class States
{
    public static readonly string[] OfProxies = ["DOWN", "UP"];
    public static readonly string[] OfServers = ["DOWN", "UP", "MAINT", "DRAIN", "NOLB"];
    public static readonly string[] OfListeners = ["WAITING", "OPEN", "FULL"];
    public static readonly string[] Codes = ["1xx", "2xx", "3xx", "4xx", "5xx", "other"];

    /// <summary>Results a health check may have.</summary>
    public static readonly string[] OfChecks =
    [
        "HANA",
        "SOCKERR",
        "L4OK",
        "L4TOUT",
        "L4CON",
        "L6OK",
        "L6TOUT",
        "L6RSP",
        "L7TOUT",
        "L7RSP",
        "L7OK",
        "L7OKC",
        "L7STS",
        "PROCERR",
        "PROCTOUT",
        "PROCOK",
    ];

    /// <summary>Place in <see cref="OfChecks"/> of what "show stat" says of a server's last check; -1 when there was none.</summary>
    public static int OfCheck(string status) => Array.IndexOf(OfChecks, status.TrimStart('*', ' '));

    /// <summary>Place in <see cref="OfListeners"/>. COMPAT: one that does not accept for now waits.</summary>
    public static int OfListener(string status) => Math.Max(0, Array.IndexOf(OfListeners, status));

    /// <summary>Place in <see cref="OfServers"/> of what "show stat" says of a server.</summary>
    public static int OfServer(string status)
    {
        const int down = 0,
            up = 1,
            maintenance = 2,
            drain = 3,
            noBalancing = 4;
        return status.StartsWith("MAINT", StringComparison.Ordinal) ? maintenance
            : status.StartsWith("DRAIN", StringComparison.Ordinal) ? drain
            : status.StartsWith("NOLB", StringComparison.Ordinal) ? noBalancing
            : status.StartsWith("DOWN", StringComparison.Ordinal) ? down
            : up;
    }

    /// <summary>Place in <see cref="OfProxies"/> of what it says of a frontend or backend.</summary>
    public static int OfProxy(string status) => status is "OPEN" or "UP" ? 1 : 0;
}
