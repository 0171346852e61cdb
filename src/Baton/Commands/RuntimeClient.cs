// Asks a running process one question over its stats socket, or a master over its command line.
using System;
using System.Collections.Generic;
using System.Text;
using Baton.Configuration.Model;
using Baton.Configuration.Values;
using Baton.Engine.Build;
using Baton.Engine.Connections;
using Baton.Interop.Linux;

namespace Baton.Commands;

internal static class RuntimeClient
{
    /// <summary>The whole answer, or null with the reason.</summary>
    public static string? Ask(string address, string command, int timeoutMs, out string error)
    {
        int fd = Connect(address, out error);
        if (fd < 0)
            return null;
        SocketNames.SetTimeouts(fd, timeoutMs);
        var answer = new StringBuilder();
        byte[] chunk = new byte[65536];
        int n = Files.WriteAll(fd, command + "\n") ? 1 : -1;
        // the end of input is also the end of the conversation for a master that would go on asking
        Sockets.shutdown(fd, Sockets.SHUT_WR);
        while (n > 0 && (n = Files.Read(fd, chunk)) > 0)
            answer.Append(Encoding.UTF8.GetString(chunk, 0, n));
        if (n < 0)
            error = Sockets.Last == Errno.EAGAIN ? $"no answer within {timeoutMs / 1000} s" : Errno.Message(Sockets.Last);
        Files.close(fd);
        return n < 0 ? null : answer.ToString();
    }

    internal static int Connect(string address, out string error)
    {
        if (AddressParser.Parse(address, AddressUse.Server, out error) is not { } parsed)
            return -1;
        SocketEndpoint? endpoint = AddressResolver.ServerEndpoint(parsed, AddressKind.Any);
        if (endpoint is null)
        {
            error = $"no address for '{address}'";
            return -1;
        }
        int fd = Sockets.socket(endpoint.Family, Sockets.SOCK_STREAM | Sockets.SOCK_CLOEXEC, 0);
        if (fd >= 0 && endpoint.Connect(fd) == 0)
            return fd;
        error = $"cannot connect to '{address}' ({Errno.Message(Sockets.Last)})";
        if (fd >= 0)
            Files.close(fd);
        return -1;
    }

    /// <summary>"show info" as a table; empty when there is no answer.</summary>
    public static Dictionary<string, string> Information(string address, string prefix)
    {
        var table = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string line in (Ask(address, prefix + "show info", 2000, out _) ?? "").Split('\n'))
        {
            int at = line.IndexOf(": ", StringComparison.Ordinal);
            if (at > 0)
                table[line[..at]] = line[(at + 2)..];
        }
        return table;
    }

    /// <summary>"show stat" as "proxy/server" -> weight and address.</summary>
    public static SortedDictionary<string, string> Proxies(string address, string prefix)
    {
        var table = new SortedDictionary<string, string>(StringComparer.Ordinal);
        string[] lines = (Ask(address, prefix + "show stat", 2000, out _) ?? "").Split('\n');
        string[] names = lines[0].TrimStart('#', ' ').Split(',');
        int weight = Array.IndexOf(names, "weight"),
            where = Array.IndexOf(names, "addr");
        for (int i = 1; i < lines.Length; i++)
        {
            string[] cells = lines[i].Split(',');
            if (cells.Length < 3)
                continue;
            bool server = cells[1] is not ("FRONTEND" or "BACKEND");
            table[$"{cells[0]}/{cells[1]}"] = !server ? "" : $"{Cell(cells, where)} weight {Cell(cells, weight)}".Trim();
        }
        return table;
    }

    private static string Cell(string[] cells, int at) => at >= 0 && at < cells.Length ? cells[at] : "";
}
