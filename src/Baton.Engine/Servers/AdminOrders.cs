// What an operator or an agent can order of a server: to be ready, to drain, to be in maintenance. One of them at a time is all that a
// server-state file can tell.
namespace Baton.Engine.Servers;

public static class AdminOrders
{
    private const AdminState AllForced = AdminState.ForcedMaintenance | AdminState.ForcedDrain | AdminState.ConfiguredMaintenance;

    public static AdminState Ready(AdminState state) => state & ~AllForced;

    public static AdminState Drain(AdminState state) => (state & ~AllForced) | AdminState.ForcedDrain;

    /// <summary>COMPAT: maintenance ends a drain.</summary>
    public static AdminState Maintain(AdminState state) => (state & ~AdminState.ForcedDrain) | AdminState.ForcedMaintenance;
}
