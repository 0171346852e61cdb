// The kernel's table of descriptors, grown once at start instead of under traffic.
using System;
using System.Threading;
using Baton.Interop.Linux;

namespace Baton.Lifecycle;

/// <summary>
/// A process with threads waits for an RCU grace period (about 10 ms) each time its descriptor table doubles: 64, 128, 256 …
/// That would stop a worker in the middle of its traffic, and a takeover of live connections several times. So the table
/// gets its full size at once, on a thread of its own while the rest of the start goes on. 8 bytes a descriptor, in the kernel.
/// </summary>
internal sealed class DescriptorReserve
{
    private const int Most = 65536;
    private readonly Thread _thread;

    public DescriptorReserve(int limit)
    {
        int highest = Math.Min(limit, Most) - 1;
        _thread = new Thread(
            () =>
            {
                int fd = Files.fcntl_wait(0, Files.F_DUPFD_CLOEXEC, highest);
                if (fd >= 0)
                    Files.close(fd);
            },
            128 * 1024
        )
        {
            IsBackground = true,
            Name = "descriptors",
        };
        _thread.Start();
    }

    /// <summary>Returns when the table has its size.</summary>
    public void Wait() => _thread.Join();
}
