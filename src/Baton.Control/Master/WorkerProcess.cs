// A row of the master's table: itself, or a worker it has started (or taken over from the program that was master before).
using Baton.Interop.Linux;

namespace Baton.Control.Master;

/// <summary>OWNER: the master's only thread.</summary>
internal sealed class WorkerProcess
{
    public required int Pid { get; init; }

    /// <summary>The master's end of the socket pair on which the worker answers commands; -1 when there is none (the master
    /// itself).</summary>
    public int CommandFd { get; set; } = -1;

    /// <summary>Reloads it has lived through (of the master: all of them).</summary>
    public int Reloads { get; set; }

    /// <summary>Of the master: reloads that failed since the last one that did not.</summary>
    public int FailedReloads { get; set; }

    /// <summary>When it was started, in seconds since 1970.</summary>
    public long StartedAt { get; init; }
    public string Version { get; set; } = "";

    /// <summary>The descriptor on which a starting worker reports; -1 once it serves.</summary>
    public int ReportFd { get; set; } = -1;

    /// <summary>It says nothing more, or nobody listens.</summary>
    public void CloseReport()
    {
        if (ReportFd >= 0)
            Files.close(ReportFd);
        ReportFd = -1;
    }

    /// <summary>It was told to finish.</summary>
    public bool Told { get; set; }

    /// <summary>The worker that takes its connections over said so: it stays as it is if that one dies within the probation.</summary>
    public int HandsOverTo { get; set; }
}
