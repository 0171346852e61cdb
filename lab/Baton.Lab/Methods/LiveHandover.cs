// Method 11: Baton's own. Between two Batons -x moves live connections too: idle keep-alive connections, tunnels, WebSockets.
using System.Collections.Generic;
using Baton.Lab.Runs;
using Baton.Lab.Stages;

namespace Baton.Lab.Methods;

internal sealed class LiveHandover() : ReloadMethod(11, "handover", "Baton's handover of live connections")
{
    public override bool? Lossless(Target target, LoadKind load) => true;

    public override IReadOnlyList<LoadKind> Loads(Target target) =>
        [LoadKind.Short, LoadKind.KeepAlive, LoadKind.Tunnel, LoadKind.WebSocket];

    public override string? Unavailable(LabOptions options, Target target) =>
        target == Target.Baton ? null : "haproxy hands over no live connections (see method 9 with keep-alive)";

    public override void Reload(Stage stage) => stage.StartDaemon("-x", stage.Socket, "-sf", Text(stage.Pid));
}
