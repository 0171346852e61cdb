// A worker whose master was killed serves on, and answers on the master's socket (-S PATH) in its place. A master that is
// started again with that socket begins like a reload: its first worker takes over from the one it finds there.
using System;
using System.Globalization;
using System.Text;
using Baton.Configuration.Model;
using Baton.Configuration.Values;
using Baton.Engine.Build;
using Baton.Engine.Connections;
using Baton.Interop.Linux;

namespace Baton.Control.Master;

public sealed partial class MasterProcess
{
    private const int OrphanAnswerMs = 1000;
    private string? _orphanSocket;

    /// <summary>The worker that is to be taken over by our first one, 0 for none; and the same once that one serves.</summary>
    private int _orphanPid,
        _formerOrphanPid;

    /// <summary>Looks behind the paths of the command line. What the user has named as the predecessor comes first.</summary>
    private void FindOrphan()
    {
        if (_reexecuted || _options.SocketsFrom is not null || _options.OldPids.Count > 0)
            return;
        foreach (string text in _options.Sockets)
        {
            if (AddressParser.Parse(text.Split(',')[0], AddressUse.Bind, out _) is not { Kind: AddressKind.Unix } address)
                continue;
            SocketEndpoint? endpoint = AddressResolver.BindEndpoint(
                address,
                address.Port,
                new BindConfig { Position = new SourcePosition("-S", 0) },
                new GlobalConfig()
            );
            if (endpoint is null || AskOrphan(endpoint) is not (> 0 and var pid))
                continue;
            (_orphanPid, _orphanSocket) = (pid, endpoint.Path);
            Notice($"Worker ({pid}) of a master that is gone answers at {endpoint.Path}: taking it over");
            return;
        }
    }

    /// <summary>The pid of the worker behind a socket; 0 when nobody is there, or a master, which answers "show info" otherwise.</summary>
    private static int AskOrphan(SocketEndpoint endpoint)
    {
        int fd = Sockets.socket(endpoint.Family, Sockets.SOCK_STREAM | Sockets.SOCK_CLOEXEC, 0);
        if (fd < 0)
            return 0;
        SocketNames.SetTimeouts(fd, OrphanAnswerMs);
        var answer = new StringBuilder();
        if (endpoint.Connect(fd) == 0 && SocketNames.Send(fd, "show info\n"u8) > 0)
        {
            Sockets.shutdown(fd, Sockets.SHUT_WR);
            byte[] chunk = new byte[16384];
            for (int n; answer.Length < 65536 && (n = Files.Read(fd, chunk)) > 0; )
                answer.Append(Encoding.UTF8.GetString(chunk, 0, n));
        }
        Files.close(fd);
        foreach (string line in answer.ToString().Split('\n'))
            if (
                line.StartsWith("Pid: ", StringComparison.Ordinal)
                && int.TryParse(line.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out int pid)
            )
                return pid;
        return 0;
    }

    /// <summary>The first worker serves in the orphan's place: its socket is ours now. False when it cannot be bound.</summary>
    private bool OpenAfterOrphan()
    {
        if (_orphanPid == 0)
            return true;
        (_formerOrphanPid, _orphanPid) = (_orphanPid, 0);
        return _cli.Publish();
    }
}
