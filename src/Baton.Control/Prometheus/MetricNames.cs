// "metrics=" of a request to the Prometheus exporter: which metrics it wants, by their names.
using System;
using System.Collections.Generic;

namespace Baton.Control.Prometheus;

/// <summary>Names between commas; one behind a minus is left out. Where none is asked for, all that are not left out are.</summary>
internal sealed class MetricNames
{
    private readonly HashSet<string> _wanted = [],
        _unwanted = [];

    public void Add(string list)
    {
        foreach (string name in list.Split(',', StringSplitOptions.RemoveEmptyEntries))
            if (name[0] == '-')
                _unwanted.Add(name[1..]);
            else
                _wanted.Add(name);
    }

    public bool Has(string name) => !_unwanted.Contains(name) && (_wanted.Count == 0 || _wanted.Contains(name));
}
