using System;

namespace Baton.Configuration.Model;

/// <summary>"dns-accept-family": which addresses names may stand for.</summary>
[Flags]
public enum DnsFamilies : byte
{
    None = 0,
    IPv4 = 1,
    IPv6 = 2,

    /// <summary>IPv4, and IPv6 where the machine has a way to it.</summary>
    Auto = 4,
}
