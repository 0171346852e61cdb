// _getsocks: the next process asks for our listening sockets.
using Baton.Configuration.Model;
using Baton.Handover.Sockets;
using Baton.Interop.Linux;

namespace Baton.Control.Cli;

public static class HandoverCommands
{
    /// <summary>Needs no level, only "expose-fd listeners" on the socket it is asked on.</summary>
    private static void GetSockets(CliRequest r, int fd)
    {
        if (r.Listener.Config.ExposeListeners) { ListeningSocketSender.Serve(r.Engine, fd); return; }
        Files.close(fd);
    }

    public static readonly CliCommand[] Rows =
    [
        new("_getsocks", "", CliLevel.User, "pass listening sockets", static _ => { }) { TakeOver = GetSockets },
    ];
}
