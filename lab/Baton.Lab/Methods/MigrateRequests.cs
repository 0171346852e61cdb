// Method 7, first variant: net.ipv4.tcp_migrate_req (Linux 5.14). As 3, but the kernel gives what a closing socket has in its queue, and
// the handshakes it has under way, to another one of the same SO_REUSEPORT group.
using Baton.Lab.Runs;
using Baton.Lab.Stages;

namespace Baton.Lab.Methods;

internal sealed class MigrateRequests() : ReloadMethod(7, "migrate", "SO_REUSEPORT, tcp_migrate_req=1")
{
    private const string Setting = "net.ipv4.tcp_migrate_req=1";

    public override string? Unavailable(LabOptions options, Target target)
    {
        using var probe = new NetworkNamespace();
        return probe.Set(Setting) ? null : "the kernel has no net.ipv4.tcp_migrate_req (5.14)";
    }

    public override void Prepare(Stage stage)
    {
        if (!stage.Network.Set(Setting))
            throw new LabException($"{Setting} is refused");
    }

    public override void Reload(Stage stage) => SoftFinish(stage);
}
