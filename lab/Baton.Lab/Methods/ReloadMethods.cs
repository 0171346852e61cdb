// All of them, in the order of history.
using System.Collections.Generic;

namespace Baton.Lab.Methods;

internal static class ReloadMethods
{
    public static readonly IReadOnlyList<IReloadMethod> All =
    [
        new StopStart(),
        new Signals2006(),
        new ReusePort(),
        new SynDrop(),
        new SynDelay(),
        new EmptyAckDrop(),
        new MigrateRequests(),
        new ReusePortBpf(),
        new SocketServer(),
        new PassedSockets(),
        new MasterWorker(),
        new LiveHandover(),
        new TakeOver(),
    ];
}
