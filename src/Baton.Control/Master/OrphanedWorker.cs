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

/// <summary>OWNER: the master's only thread.</summary>
internal sealed class OrphanedWorker
{
    private const int AnswerMs = 1000;

    public required int Pid { get; init; }

    /// <summary>Where it answers.</summary>
    public required string Socket { get; init; }

    /// <summary>Our first worker serves in its place.</summary>
    public bool IsReplaced { get; set; }

    /// <summary>Looks behind the paths of the command line; null when nobody is there.</summary>
    public static OrphanedWorker? Find(MasterOptions options)
    {
        foreach (string text in options.Sockets)
        {
            if (AddressParser.Parse(text.Split(',')[0], AddressUse.Bind, out _) is not { Kind: AddressKind.Unix } address)
                continue;
            SocketEndpoint? endpoint = AddressResolver.BindEndpoint(
                address,
                address.Port,
                new BindConfig { Position = new SourcePosition("-S", 0) },
                new GlobalConfig()
            );
            if (endpoint is not null && Ask(endpoint) is > 0 and var pid)
                return new OrphanedWorker { Pid = pid, Socket = endpoint.Path };
        }
        return null;
    }

    /// <summary>The pid of the worker behind a socket; 0 when nobody is there, or a master, which answers "show info" otherwise.</summary>
    private static int Ask(SocketEndpoint endpoint)
    {
        int fd = Sockets.socket(endpoint.Family, Sockets.SOCK_STREAM | Sockets.SOCK_CLOEXEC, 0);
        if (fd < 0)
            return 0;
        SocketNames.SetTimeouts(fd, AnswerMs);
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
}
