using Baton.Interop.Linux;

namespace Baton.Engine.Servers;

/// <summary>Marks that rules want on a server's connection: SO_MARK and the type-of-service byte; null where none is wanted.</summary>
public readonly record struct ServerMarks(uint? Mark, byte? TypeOfService)
{
    public bool IsAny => Mark is not null || TypeOfService is not null;

    /// <summary>Sets them on a socket that is about to connect. A mark needs a privilege; nothing happens without it.</summary>
    public void Apply(int fd, int family)
    {
        if (Mark is { } mark)
            Sockets.SetOption(fd, Sockets.SOL_SOCKET, Sockets.SO_MARK, unchecked((int)mark));
        if (TypeOfService is not { } tos)
            return;
        if (family == Sockets.AF_INET6)
            Sockets.SetOption(fd, Sockets.IPPROTO_IPV6, Sockets.IPV6_TCLASS, tos);
        else
            Sockets.SetOption(fd, Sockets.IPPROTO_IP, Sockets.IP_TOS, tos);
    }
}
