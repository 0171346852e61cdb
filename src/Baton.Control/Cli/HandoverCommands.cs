// The next process asks: for our listening sockets (_getsocks), and for everything else (_handover).
using Baton.Configuration.Model;
using Baton.Handover.Sessions;
using Baton.Handover.Sockets;
using Baton.Interop.Linux;

namespace Baton.Control.Cli;

public static class HandoverCommands
{
    /// <summary>Needs no level, only "expose-fd listeners" on the socket it is asked on.</summary>
    private static void GetSockets(CliRequest r, int fd)
    {
        if (r.Listener.Config.ExposeListeners)
        {
            StepBack(r);
            ListeningSocketGiver.Serve(r.Home!, r.Engine, fd);
            return;
        }
        Files.close(fd);
    }

    private static void StepBack(CliRequest r)
    {
        if (r.Engine.Stopping)
            r.Engine.Handover.StepBack(r.Listener);
    }

    /// <summary>Baton's own conversation, open to whom _getsocks is (docs/handover-protocol.md).</summary>
    private static void HandOver(CliRequest r, int fd, HandoverDesk desk)
    {
        if (r.Listener.Config.ExposeListeners)
        {
            StepBack(r);
            desk.Serve(r.Home!, fd);
            return;
        }
        Files.close(fd);
    }

    /// <summary>The rows; without a desk they only have names.</summary>
    public static CliCommand[] Rows(HandoverDesk? desk) =>
        [
            new("_handover", "", CliLevel.User, "pass state and live connections", static _ => { })
            {
                TakeOver = (r, fd) => HandOver(r, fd, desk!),
            },
            new("_getsocks", "", CliLevel.User, "pass listening sockets", static _ => { }) { TakeOver = GetSockets },
        ];
}
