// One metric of the Prometheus exporter.
namespace Baton.Control.Prometheus;

internal enum MetricKind : byte
{
    Gauge,
    Counter,
}

/// <summary>How the values of a metric are written.</summary>
internal enum MetricForm : byte
{
    Number,

    /// <summary>Milliseconds in the table, seconds in the metric.</summary>
    Milliseconds,

    /// <summary>A sample for each state there may be, 1 for the one it has (a backend's: how many servers have it).</summary>
    State,

    /// <summary>A sample for each class of status codes, from this column on.</summary>
    Codes,

    /// <summary>The status of the answer to a check, 0 for one without; nothing of a server that is not checked.</summary>
    Code,

    /// <summary>1, with the version as a label.</summary>
    Version,
}

/// <param name="Name">As Prometheus stores it.</param>
/// <param name="Source">Line of "show info", or column of "show stat".</param>
internal sealed record Metric(string Name, string Source, MetricKind Kind, MetricForm Form = MetricForm.Number)
{
    /// <summary>How many values of a row it has, from its column on.</summary>
    public int Places { get; } = Form == MetricForm.Codes ? States.Codes.Length : 1;

    /// <summary>It tells of requests, and of proxies in mode http alone.</summary>
    public bool IsOfHttp { get; } =
        Source.StartsWith("req_", System.StringComparison.Ordinal) || Source.StartsWith("comp_", System.StringComparison.Ordinal);
}
