// Signals through signalfd: blocked everywhere, read by the loop like any other event.
using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Baton.Interop.Linux;

public static unsafe partial class Signals
{
    public const int SIGHUP = 1,
        SIGINT = 2,
        SIGQUIT = 3,
        SIGKILL = 9,
        SIGUSR1 = 10,
        SIGUSR2 = 12,
        SIGPIPE = 13,
        SIGALRM = 14,
        SIGTERM = 15,
        SIGCHLD = 17,
        SIGCONT = 18,
        SIGSTOP = 19,
        SIGTSTP = 20,
        SIGTTIN = 21,
        SIGTTOU = 22,
        SIGWINCH = 28;

    [LibraryImport("libc")]
    private static partial int pthread_sigmask(int how, ulong* set, ulong* old);

    [LibraryImport("libc")]
    private static partial int signalfd(int fd, ulong* set, int flags);

    [LibraryImport("libc")]
    private static partial nint signal(int number, nint handler);

    [LibraryImport("libc")]
    private static partial int raise(int number);

    private const int SIG_BLOCK = 0,
        SIG_UNBLOCK = 1;

    /// <summary>struct signalfd_siginfo: its size, and where the sender lies; the signal's number is at 0.</summary>
    internal const int SignalInfoSize = 128,
        SenderAt = 12;

    /// <summary>Words of a sigset_t.</summary>
    internal const int SetWords = 16;

    private static ulong s_blocked;

    /// <summary>
    /// Blocks the signals in every thread of the process, including the runtime's finalizer thread, which exists before
    /// Main: a signal that any thread leaves open would take its default action there instead of reaching the signalfd.
    /// </summary>
    public static void BlockEverywhere(ReadOnlySpan<int> signals)
    {
        foreach (int s in signals)
            s_blocked |= 1UL << (s - 1);
        BlockInThisThread();
        BlockInFinalizerThread();
    }

    /// <summary>A descriptor from which the blocked signals are read.</summary>
    public static int OpenDescriptor()
    {
        ulong* set = stackalloc ulong[SetWords];
        new Span<ulong>(set, SetWords).Clear();
        *set = s_blocked;
        return signalfd(-1, set, Files.O_NONBLOCK | Files.O_CLOEXEC);
    }

    /// <summary>The next pending signal and its sender, or 0.</summary>
    public static int Read(int fd, out int senderPid)
    {
        // SAFETY: room for the structure, and its fields inside it.
        byte* info = stackalloc byte[SignalInfoSize];
        nint n = Files.read(fd, info, SignalInfoSize);
        senderPid = n == SignalInfoSize ? *(int*)(info + SenderAt) : 0;
        return n == SignalInfoSize ? *(int*)info : 0;
    }

    /// <summary>Restores the default action (SIG_DFL) and unblocks, so that the process can die of the signal.</summary>
    public static void DieOf(int number)
    {
        signal(number, 0);
        ulong* set = stackalloc ulong[SetWords];
        new Span<ulong>(set, SetWords).Clear();
        *set = 1UL << (number - 1);
        pthread_sigmask(SIG_UNBLOCK, set, null);
        raise(number);
    }

    public static void Ignore(int number) => signal(number, 1);

    /// <summary>SIG_DFL: what is inherited as ignored is heard again.</summary>
    public static void Default(int number) => signal(number, 0);

    private static void BlockInThisThread()
    {
        ulong* set = stackalloc ulong[SetWords];
        new Span<ulong>(set, SetWords).Clear();
        *set = s_blocked;
        pthread_sigmask(SIG_BLOCK, set, null);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void BlockInFinalizerThread()
    {
        Drop();
        GC.Collect(0, GCCollectionMode.Forced, true);
        GC.WaitForPendingFinalizers();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Drop() => _ = new MaskCarrier();

    /// <summary>Its finalizer runs on the finalizer thread: the only way to reach that thread's mask.</summary>
    private sealed class MaskCarrier
    {
        ~MaskCarrier() => BlockInThisThread();
    }
}
