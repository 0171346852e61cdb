// sd_notify without libsystemd: datagrams to the socket named by NOTIFY_SOCKET (a path, or an abstract name with '@').
// https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html
using System;
using System.Globalization;
using System.Text;
using Baton.Interop.Linux;

namespace Baton.Control.Master;

/// <summary>Says nothing when nobody listens: a lost notification is never a reason to fail.</summary>
public sealed class ServiceNotifier(string? address)
{
    /// <summary>Serving, under this pid.</summary>
    public void Ready(string status) =>
        Send(string.Create(CultureInfo.InvariantCulture, $"READY=1\nMAINPID={Processes.getpid()}\nSTATUS={status}\n"));

    /// <summary>A reload begins (Type=notify-reload wants the time, in µs of CLOCK_MONOTONIC).</summary>
    public void Reloading() =>
        Send(
            string.Create(
                CultureInfo.InvariantCulture,
                $"RELOADING=1\nMONOTONIC_USEC={Clocks.Nanoseconds(Clocks.MONOTONIC) / 1000}\nSTATUS=Reloading Configuration.\n"
            )
        );

    public void Stopping() => Send("STOPPING=1\nSTATUS=Stopping.\n");

    private void Send(string text)
    {
        if (string.IsNullOrEmpty(address) || address[0] is not ('/' or '@') || address.Length > 107)
            return;
        // an abstract name counts with its exact length here, unlike HAProxy's padded abns@
        byte[] name = Encoding.UTF8.GetBytes(address);
        byte[] sockaddr = new byte[2 + name.Length + (address[0] == '/' ? 1 : 0)];
        sockaddr[0] = Sockets.AF_UNIX;
        name.CopyTo(sockaddr, 2);
        if (address[0] == '@')
            sockaddr[2] = 0;
        int fd = Sockets.socket(Sockets.AF_UNIX, Sockets.SOCK_DGRAM | Sockets.SOCK_CLOEXEC, 0);
        if (fd < 0)
            return;
        SocketNames.SetTimeouts(fd, 1000);
        SocketNames.SendTo(fd, Encoding.UTF8.GetBytes(text), sockaddr);
        Files.close(fd);
    }
}
