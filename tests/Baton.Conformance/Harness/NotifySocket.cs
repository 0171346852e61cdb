// What systemd would be: a datagram socket that collects notifications.
using System;
using System.Collections.Generic;
using System.IO;
using System.Net.Sockets;
using System.Text;

namespace Baton.Conformance.Harness;

public sealed class NotifySocket : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { ReceiveTimeout = Patience.Ms };

    public NotifySocket(bool isAbstract)
    {
        Address = isAbstract ? $"@baton-notify-{Guid.NewGuid():N}" : Path.Combine(Path.GetTempPath(), $"baton-notify-{Guid.NewGuid():N}");
        _socket.Bind(new UnixDomainSocketEndPoint(isAbstract ? "\0" + Address[1..] : Address));
    }

    /// <summary>The value of NOTIFY_SOCKET.</summary>
    public string Address { get; }

    /// <summary>The next datagram's assignments.</summary>
    public Dictionary<string, string> Next()
    {
        byte[] buffer = new byte[4096];
        int n = _socket.Receive(buffer);
        var fields = new Dictionary<string, string>();
        foreach (string line in Encoding.UTF8.GetString(buffer, 0, n).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            fields[line[..line.IndexOf('=')]] = line[(line.IndexOf('=') + 1)..];
        return fields;
    }

    public void Dispose()
    {
        _socket.Dispose();
        if (Address[0] == '/')
            File.Delete(Address);
    }
}
