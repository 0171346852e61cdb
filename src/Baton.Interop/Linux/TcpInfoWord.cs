// What of TCP_INFO is read: which word of the struct it stands in.
namespace Baton.Interop.Linux;

/// <summary>Places among the words of struct tcp_info (linux/tcp.h).</summary>
public static class TcpInfoWord
{
    public const int Unacked = 6,
        Sacked = 7,
        Lost = 8,
        Retrans = 9,
        Fackets = 10,
        Rtt = 17,
        Rttvar = 18,
        Reordering = 22;
}
