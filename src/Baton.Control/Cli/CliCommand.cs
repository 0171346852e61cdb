// One row of a command table of the runtime API.
using System;
using Baton.Configuration.Model;

namespace Baton.Control.Cli;

/// <summary>Words that select it ("show info"), arguments for the help, the level it needs, what it does.</summary>
public sealed record CliCommand(string Words, string Arguments, CliLevel Level, string Summary, Action<CliRequest> Run)
{
    /// <summary>The words one by one.</summary>
    public string[] Parts { get; } = Words.Split(' ');

    /// <summary>Modes the session must be in.</summary>
    public CliModes Modes { get; init; }

    /// <summary>Set for a command that takes the whole connection over (_getsocks): it gets the descriptor and answers in its own way.</summary>
    public Action<CliRequest, int>? TakeOver { get; init; }
}
