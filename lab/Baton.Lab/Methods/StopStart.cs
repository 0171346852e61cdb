// Method 1: the old process is ended, then the new one started. Whoever comes meanwhile is refused, whoever is there is cut.
using Baton.Lab.Runs;
using Baton.Lab.Stages;

namespace Baton.Lab.Methods;

internal sealed class StopStart() : ReloadMethod(1, "stop-start", "stop, then start")
{
    public override bool? Lossless(Target target, LoadKind load) => false;

    public override void Reload(Stage stage)
    {
        int old = stage.Pid;
        Kernel.Signal(old, Kernel.SIGTERM);
        if (!Stage.WaitGone(old, 5000))
            throw new LabException($"process {old} does not end on SIGTERM");
        stage.StartDaemon();
    }
}
