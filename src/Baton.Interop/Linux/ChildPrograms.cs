// Programs that are run for their exit status: a process group of their own, nothing of ours but standard output and error, and a
// descriptor that tells when they have ended.
// SAFETY: the kernel writes one int, which lies on this frame's stack for the call.
using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;

namespace Baton.Interop.Linux;

public static unsafe partial class ChildPrograms
{
    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SignalGroup(int group, int signal);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint Syscall(nint number, nint a, nint b);

    private const int SYS_pidfd_open = 434;

    /// <summary>
    /// Starts a program; its pid, or minus errno. Of our descriptors it has standard output and error alone, its standard input is
    /// empty, no signal is blocked or ignored.
    /// </summary>
    public static int Start(string path, IReadOnlyList<string> arguments, IReadOnlyList<string> environment) =>
        Processes.SpawnAlone(path, arguments, environment);

    /// <summary>A descriptor that is readable once the child has ended, close-on-exec; minus errno when there is none.</summary>
    public static int Watch(int pid)
    {
        int fd = (int)Syscall(SYS_pidfd_open, pid, 0);
        return fd >= 0 ? fd : -Marshal.GetLastPInvokeError();
    }

    /// <summary>Signals a child and all that it has started.</summary>
    public static void Signal(int pid, int signal)
    {
        if (pid > 1)
            _ = SignalGroup(-pid, signal);
    }

    /// <summary>Takes a child's end, if it has ended: its exit status, -1 when a signal has ended it.</summary>
    public static bool TryTake(int pid, out int status)
    {
        int raw,
            ended;
        do ended = Processes.waitpid(pid, &raw, Processes.WNOHANG);
        while (ended < 0 && Sockets.Last == Errno.EINTR);
        status = ended > 0 && (raw & 0x7F) == 0 ? (raw >> 8) & 0xFF : -1;
        // somebody else has taken it: it is not there any more
        return ended != 0;
    }
}
