// Why a server is in maintenance or drains, as bits: by an operator, by the configuration, by name resolution.
using System;

namespace Baton.Engine.Servers;

/// <summary>Why a server is not serving; the values are those of the server-state file (srv_admin_state).</summary>
[Flags]
public enum AdminState : byte
{
    Ready = 0,
    ForcedMaintenance = 1,
    InheritedMaintenance = 2,
    ConfiguredMaintenance = 4,
    ForcedDrain = 8,
    InheritedDrain = 0x10,
    ResolutionMaintenance = 0x20,
    AnyMaintenance = ForcedMaintenance | InheritedMaintenance | ConfiguredMaintenance | ResolutionMaintenance,
    AnyDrain = ForcedDrain | InheritedDrain,
}
