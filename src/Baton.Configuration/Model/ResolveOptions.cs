using System;

namespace Baton.Configuration.Model;

/// <summary>Server option "resolve-opts".</summary>
[Flags]
public enum ResolveOptions : byte
{
    None = 0,

    /// <summary>Two servers of a backend may have the same address.</summary>
    AllowDuplicates = 1,

    /// <summary>Weights of SRV records are not taken over.</summary>
    IgnoreWeight = 2,
}
