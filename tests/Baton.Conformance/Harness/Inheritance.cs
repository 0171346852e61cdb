// Starts a program that inherits a descriptor of the test.
using System.Collections.Generic;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Threading;
using Xunit;

namespace Baton.Conformance.Harness;

public static partial class Inheritance
{
    private static readonly Lock s_gate = new();

    [LibraryImport("libc")]
    private static partial int fcntl(int fd, int command, nint argument);

    [LibraryImport("libc")]
    private static partial int kill(int pid, int signal);

    public static Process Start(string program, IEnumerable<string> arguments, params int[] descriptors)
    {
        // a child started by a parallel test at this moment should not inherit them too
        lock (s_gate)
        {
            foreach (int fd in descriptors)
                fcntl(fd, 2, 0);
            var process = Process.Start(program, arguments);
            foreach (int fd in descriptors)
                fcntl(fd, 2, 1);
            return process;
        }
    }

    /// <summary>kill(), quietly when the process is gone.</summary>
    public static void Signal(int pid, int signal) => kill(pid, signal);

    /// <summary>SIGTERM, and the end within five seconds.</summary>
    public static void Terminate(Process process)
    {
        if (!process.HasExited)
            kill(process.Id, 15);
        if (process.WaitForExit(Patience.Ms))
            return;
        process.Kill(true);
        Assert.Fail("still running five seconds after SIGTERM");
    }
}
