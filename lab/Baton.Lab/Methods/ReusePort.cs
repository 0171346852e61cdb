// Method 3: both processes listen with SO_REUSEPORT, then the old one closes. What the kernel had given to its queue between its last
// accept and the close is reset.
using Baton.Lab.Runs;
using Baton.Lab.Stages;

namespace Baton.Lab.Methods;

internal sealed class ReusePort() : ReloadMethod(3, "reuseport", "SO_REUSEPORT (-sf)")
{
    // Baton empties its queue just before it closes: some microseconds are left, which many reloads do hit
    public override bool? Lossless(Target target, LoadKind load) => target == Target.Haproxy ? false : null;

    public override void Reload(Stage stage) => SoftFinish(stage);
}
