using System.Collections.Generic;

namespace Baton.Conformance.Harness;

/// <summary>How a proxy is started, where a scenario needs something else than "-db -f FILE".</summary>
public sealed record ProxyOptions
{
    public IReadOnlyList<string> Arguments { get; init; } = ["-db"];

    /// <summary>ulimit -n for the process; 0 leaves it.</summary>
    public int DescriptorLimit { get; init; }

    /// <summary>ulimit -v for the process, in KB; 0 leaves it.</summary>
    public int AddressSpaceLimit { get; init; }

    /// <summary>Descriptors of this process the proxy is to inherit under their own numbers.</summary>
    public IReadOnlyList<int> Inherit { get; init; } = [];

    /// <summary>Without the checks of pools: for scenarios that measure memory.</summary>
    public bool Unchecked { get; init; }

    /// <summary>Places at which handlers fail (BATON_INJECT_FAULTS); empty for none.</summary>
    public string Faults { get; init; } = "";

    /// <summary>The scenario itself ends the process and checks its status.</summary>
    public bool EndsItself { get; init; }

    /// <summary>Do not wait for the listeners.</summary>
    public bool NoWait { get; init; }
}
