namespace Baton.Configuration.Model;

/// <summary>clitcpka-* and srvtcpka-*: probes before a connection counts as lost, seconds of silence before the first, seconds between
/// them; 0: the kernel's.</summary>
public struct KeepAliveConfig
{
    public int Count,
        Idle,
        Interval;
}
