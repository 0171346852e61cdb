// Method 2: the soft reload of 2006, for kernels without SO_REUSEPORT. The new process asks the old one to stop listening (SIGTTOU), binds,
// and lets it finish (SIGUSR1). Between the two nobody listens.
using Baton.Lab.Runs;
using Baton.Lab.Stages;

namespace Baton.Lab.Methods;

internal sealed class Signals2006() : ReloadMethod(2, "2006", "2006: SIGTTOU, bind, SIGUSR1")
{
    public override bool? Lossless(Target target, LoadKind load) => false;

    public override void Prepare(Stage stage) => stage.GlobalLines = "    noreuseport";

    public override void Reload(Stage stage) => SoftFinish(stage);
}
