// Copies of the current worker's listening sockets. As long as the master holds them, what clients have queued survives
// the death of the worker and is served by the next one.
using System.Collections.Generic;
using System.Globalization;
using Baton.Handover.Sockets;
using Baton.Interop.Linux;

namespace Baton.Control.Master;

/// <summary>OWNER: the master's only thread.</summary>
internal sealed class SocketKeeper
{
    private List<(int Fd, string Namespace, string Interface)> _copies = [];

    public int Count => _copies.Count;

    /// <summary>Fetches copies from the worker and lets go of the ones before. False (and nothing changed) when it gives none.</summary>
    public bool Replace(WorkerProcess worker)
    {
        if (worker.CommandFd < 0)
            return false;
        var receiver = new ListeningSocketReceiver();
        if (
            receiver.Fetch("sockpair@" + worker.CommandFd.ToString(CultureInfo.InvariantCulture), []) is not null
            || receiver.Remaining == 0
        )
        {
            receiver.CloseUnclaimed();
            return false;
        }
        Close();
        _copies = receiver.TakeAll();
        return true;
    }

    /// <summary>Answers _getsocks on <paramref name="fd"/> with the copies.</summary>
    public void Serve(int fd)
    {
        var sent = new List<(int, string, string)>();
        // the answer goes out on another thread: it gets copies of its own
        foreach ((int held, string space, string device) in _copies)
            if (Files.fcntl(held, Files.F_DUPFD_CLOEXEC, 3) is var copy and >= 0)
                sent.Add((copy, space, device));
        if (sent.Count == _copies.Count)
        {
            ListeningSocketSender.Serve(sent, fd);
            return;
        }
        // some are not all: whoever asks would bind the others anew, and their queues would be lost
        foreach ((int copy, _, _) in sent)
            Files.close(copy);
        Files.close(fd);
    }

    public void Close()
    {
        foreach ((int fd, _, _) in _copies)
            Files.close(fd);
        _copies = [];
    }
}
