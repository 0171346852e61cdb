// What the command line tells the master, and what it needs of the program around it.
using System;
using System.Collections.Generic;

namespace Baton.Control.Master;

public sealed record MasterOptions
{
    /// <summary>The name the program was called by, handed on as it is.</summary>
    public required string ProgramName { get; init; }

    /// <summary>Where a new version of the program would stand.</summary>
    public required string ProgramPath { get; init; }

    /// <summary>Version reported by "show proc".</summary>
    public required string Version { get; init; }

    /// <summary>The arguments without -sf, -st and -x, which change with every reload.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>-x as the user gave it, for the first worker.</summary>
    public string? SocketsFrom { get; init; }

    /// <summary>-sf or -st as the user gave it: told when the first worker serves.</summary>
    public IReadOnlyList<int> OldPids { get; init; } = [];
    public bool TerminateOld { get; init; }

    /// <summary>-S: address and options, separated by commas.</summary>
    public IReadOnlyList<string> Sockets { get; init; } = [];

    /// <summary>-p; the configuration's comes from the worker.</summary>
    public string? PidFile { get; init; }
    public bool Quiet { get; init; }
    public required ServiceNotifier Notifier { get; init; }

    /// <summary>Called once, when the first worker serves.</summary>
    public Action? Serving { get; init; }
}
