// Method 7, second variant: a program of type SK_REUSEPORT chooses the socket that gets a SYN. The new process is started beside the old
// one, the program is pointed at its socket, the old one accepts what it has, and only then it is told to finish.
using System.Threading;
using Baton.Lab.Runs;
using Baton.Lab.Stages;

namespace Baton.Lab.Methods;

internal sealed class ReusePortBpf() : ReloadMethod(7, "reuseport-bpf", "SO_REUSEPORT, eBPF chooses the socket")
{
    public override bool? Lossless(Target target, LoadKind load) => null;

    public override string? Unavailable(LabOptions options, Target target)
    {
        try
        {
            using var probe = new SocketChooser();
            return null;
        }
        catch (LabException e)
        {
            return e.Message;
        }
    }

    public override void Prepare(Stage stage) => stage.State = new SocketChooser();

    public override void Start(Stage stage)
    {
        stage.StartDaemon();
        Choose(stage);
    }

    public override void Reload(Stage stage)
    {
        int old = stage.Pid;
        stage.StartDaemon();
        Choose(stage);
        // what was on its way to the old socket arrives and is accepted
        Thread.Sleep(SynDrop.SettleMs);
        Kernel.Signal(old, Kernel.SIGUSR1);
    }

    private static void Choose(Stage stage)
    {
        int pid = stage.Pid,
            fd = stage.ListenerDescriptor(pid);
        if (fd < 0)
            throw new LabException($"process {pid} does not listen");
        int copy = Kernel.CopyDescriptor(pid, fd);
        // a copy that stays open would keep the socket alive after its process
        try
        {
            ((SocketChooser)stage.State!).Choose(copy);
        }
        finally
        {
            Kernel.close(copy);
        }
    }
}
