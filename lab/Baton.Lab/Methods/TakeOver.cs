// Method 12: haproxy and Baton take over from each other in turn, over the stats socket.
using Baton.Lab.Runs;
using Baton.Lab.Stages;

namespace Baton.Lab.Methods;

internal sealed class TakeOver() : ReloadMethod(12, "take-over", "haproxy to Baton and back")
{
    public override bool? Lossless(Target target, LoadKind load) => load == LoadKind.Short ? true : null;

    // who begins is all that the target says
    public override string? Unavailable(LabOptions options, Target target) =>
        Shell.Find(options.HaproxyProgram) is null ? "haproxy is not installed" : null;

    public override void Start(Stage stage)
    {
        stage.State = stage.Target;
        stage.StartDaemon(stage.Target);
    }

    public override void Reload(Stage stage)
    {
        Target next = (Target)stage.State! == Target.Baton ? Target.Haproxy : Target.Baton;
        stage.State = next;
        stage.StartDaemon(next, "-x", stage.Socket, "-sf", Text(stage.Pid));
    }
}
