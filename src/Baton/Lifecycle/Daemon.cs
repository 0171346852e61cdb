// -D and "daemon": the process in the background is started with posix_spawn, never forked (a forked .NET process has no
// collector threads). The parent waits until the child serves, so its exit status is the truth.
using System;
using System.Collections.Generic;
using System.Globalization;
using Baton.Interop.Linux;

namespace Baton.Lifecycle;

internal static class Daemon
{
    /// <summary>Environment variable that tells the child which descriptor to report on.</summary>
    private const string ReadyVariable = "BATON_READY_FD";

    /// <summary>True in the background child. Its descriptor and variable are for itself, not for what it starts in turn.</summary>
    public static bool IsChild => s_readyFd >= 0;

    private static int s_readyFd = ReadyDescriptor();

    private static int ReadyDescriptor()
    {
        string? number = Environment.GetEnvironmentVariable(ReadyVariable);
        Environment.SetEnvironmentVariable(ReadyVariable, null);
        if (!int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int fd)) return -1;
        Files.SetCloseOnExec(fd, true);
        return fd;
    }

    /// <summary>
    /// Starts the background child and waits for it. False in the child itself, which goes on; true in the parent, with
    /// the status to exit with: 0 once the child serves, else what the child ended with.
    /// </summary>
    public static bool Detach(IReadOnlyList<string> arguments, out int status)
    {
        status = 1;
        if (IsChild) return false;
        if (!Files.Pipe(out int readEnd, out int writeEnd)) return true;
        List<string> environment = Processes.Environment();
        // a free number above what may be inherited: fd@N sockets keep theirs
        int target = Files.fcntl(writeEnd, Files.F_DUPFD_CLOEXEC, 512);
        Files.close(target);
        environment.Add($"{ReadyVariable}={target.ToString(CultureInfo.InvariantCulture)}");
        var argv = new List<string> { Environment.GetCommandLineArgs()[0] };
        argv.AddRange(arguments);
        int pid = Processes.Spawn("/proc/self/exe", argv, environment, newSession: true, [(writeEnd, target)]);
        Files.close(writeEnd);
        if (pid < 0)
        {
            StandardStreams.Error($"[ALERT]    ({Processes.getpid()}) : Cannot start the background process: {Errno.Message(-pid)}.\n");
            return true;
        }
        if (Files.Read(readEnd, stackalloc byte[1]) == 1) { status = 0; return true; }
        status = Processes.Wait(pid, block: true, out _);
        if (status <= 0) status = 1;
        return true;
    }

    /// <summary>In the child: it serves now. Standard streams go to /dev/null, the parent may leave.</summary>
    public static void ReportReady()
    {
        if (!IsChild) return;
        LeaveTerminal();
        Files.WriteAll(s_readyFd, [(byte)1]);
        Files.close(s_readyFd);
        s_readyFd = -1;
    }

    /// <summary>Standard streams go to /dev/null.</summary>
    public static void LeaveTerminal()
    {
        int nothing = Files.open("/dev/null", Files.O_RDWR, 0);
        if (nothing < 0) return;
        for (int i = 0; i < 3; i++) Files.dup2(nothing, i);
        if (nothing > 2) Files.close(nothing);
    }
}
