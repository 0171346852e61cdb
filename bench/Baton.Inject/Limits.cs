// Limits of the process.
using Baton.Interop.Linux;

namespace Baton.Inject;

internal static unsafe class Limits
{
    /// <summary>Raises the soft limit of open files to what is needed, or to the hard limit when that is lower.</summary>
    public static void RaiseOpenFiles(long needed)
    {
        ResourceLimit limit;
        if (Processes.getrlimit(Processes.RLIMIT_NOFILE, &limit) < 0 || limit.Current >= (ulong)needed)
            return;
        limit.Current = limit.Maximum >= (ulong)needed ? (ulong)needed : limit.Maximum;
        Processes.setrlimit(Processes.RLIMIT_NOFILE, &limit);
    }
}
