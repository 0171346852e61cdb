// Method 9: the new process fetches the listening sockets from the old one over its stats socket (-x), then lets it finish.
using System.Collections.Generic;
using Baton.Lab.Runs;
using Baton.Lab.Stages;

namespace Baton.Lab.Methods;

internal sealed class PassedSockets() : ReloadMethod(9, "passed-sockets", "sockets passed (-x)")
{
    // two Batons pass more than sockets: that is method 11
    public override bool? Lossless(Target target, LoadKind load) => load == LoadKind.Short ? true : null;

    public override IReadOnlyList<LoadKind> Loads(Target target) =>
        target == Target.Haproxy ? [LoadKind.Short, LoadKind.KeepAlive, LoadKind.Tunnel] : [LoadKind.Short];

    public override void Reload(Stage stage) => stage.StartDaemon("-x", stage.Socket, "-sf", Text(stage.Pid));
}
