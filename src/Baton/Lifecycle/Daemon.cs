// -D and "daemon": the process in the background is started with posix_spawn, never forked (a forked .NET process has no
// collector threads). The parent waits until the child serves, so its exit status is the truth.
//
// A child that took itself for a parent would start the next one, and so on without end: it knows what it is by the variable
// alone, whatever has become of the descriptor, and nothing is started before there is one to report on.
using System;
using System.Collections.Generic;
using System.Globalization;
using Baton.Interop.Linux;

namespace Baton.Lifecycle;

internal static class Daemon
{
    /// <summary>Environment variable that makes a process the child, and names the descriptor to report on.</summary>
    private const string ReadyVariable = "BATON_READY_FD";

    /// <summary>Where the child's descriptor goes if it can: above what is usually inherited (fd@N sockets keep theirs).</summary>
    private const int PreferredDescriptor = 512;

    private static readonly string? s_ready = TakeVariable();
    private static int s_readyFd = ReadyDescriptor();
    private static int s_nothing = -1;

    /// <summary>True in the background child. Its descriptor and variable are for itself, not for what it starts in turn.</summary>
    public static bool IsChild => s_ready is not null;

    private static string? TakeVariable()
    {
        string? value = Environment.GetEnvironmentVariable(ReadyVariable);
        Environment.SetEnvironmentVariable(ReadyVariable, null);
        return value;
    }

    private static int ReadyDescriptor() =>
        int.TryParse(s_ready, NumberStyles.None, CultureInfo.InvariantCulture, out int fd) && Files.SetCloseOnExec(fd, true) ? fd : -1;

    /// <summary>This process is about to execute itself: the descriptor stays open for that, or is its own again when it failed.</summary>
    public static void Bequeath(bool inherited)
    {
        if (IsChild)
            Files.SetCloseOnExec(s_readyFd, !inherited);
    }

    /// <summary>
    /// Starts the background child and waits for it. False in the child itself, which goes on; true in the parent, with
    /// the status to exit with: 0 once the child serves, else what the child ended with.
    /// </summary>
    public static bool Detach(IReadOnlyList<string> arguments, out int status)
    {
        status = 1;
        if (IsChild)
            return false;
        if (!Files.Pipe(out int readEnd, out int writeEnd))
            return Refuse(Sockets.Last);
        List<string> environment = Processes.Environment();
        // with few descriptors the pipe's own number does as well
        int target = Files.fcntl(writeEnd, Files.F_DUPFD_CLOEXEC, PreferredDescriptor);
        if (target < 0)
            target = writeEnd;
        environment.Add($"{ReadyVariable}={target.ToString(CultureInfo.InvariantCulture)}");
        var argv = new List<string> { Environment.GetCommandLineArgs()[0] };
        argv.AddRange(arguments);
        int pid = Processes.Spawn("/proc/self/exe", argv, environment, newSession: true, [(target, target)]);
        Files.close(writeEnd);
        if (target != writeEnd)
            Files.close(target);
        if (pid < 0)
            return Refuse(-pid);
        if (Files.Read(readEnd, stackalloc byte[1]) == 1)
        {
            status = 0;
            return true;
        }
        status = Processes.Wait(pid, block: true, out _);
        if (status <= 0)
            status = 1;
        return true;
    }

    private static bool Refuse(int errno)
    {
        StandardStreams.Error($"[ALERT]    ({Processes.getpid()}) : Cannot start the background process: {Errno.Message(errno)}.\n");
        return true;
    }

    /// <summary>In the child: it serves now. Standard streams go to /dev/null, the parent may leave.</summary>
    public static void ReportReady()
    {
        if (!IsChild)
            return;
        LeaveTerminal();
        if (s_readyFd < 0)
            return;
        Files.WriteAll(s_readyFd, [(byte)1]);
        Files.close(s_readyFd);
        s_readyFd = -1;
    }

    /// <summary>Before chroot, where there may be no /dev: opens what the standard streams will go to. False, with errno in Sockets.Last,
    /// when it cannot.</summary>
    public static bool PrepareToLeaveTerminal()
    {
        if (s_nothing < 0)
            s_nothing = Files.open("/dev/null", Files.O_RDWR | Files.O_CLOEXEC, 0);
        return s_nothing >= 0;
    }

    /// <summary>Standard streams go to /dev/null.</summary>
    public static void LeaveTerminal()
    {
        if (!PrepareToLeaveTerminal())
            return;
        for (int i = 0; i < 3; i++)
            Files.dup2(s_nothing, i);
        if (s_nothing > 2)
            Files.close(s_nothing);
        s_nothing = -1;
    }
}
