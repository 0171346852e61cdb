// One row of a command table of the runtime API.
using System;
using System.Collections.Generic;
using Baton.Configuration.Model;
using Baton.Engine.Loop;

namespace Baton.Control.Cli;

/// <summary>Words that select it ("show info"), arguments for the help, the level it needs, what it does.</summary>
public sealed record CliCommand(string Words, string Arguments, CliLevel Level, string Summary, Action<CliRequest> Run)
{
    /// <summary>A command that takes long, or answers at length: it is run piece by piece, see <see cref="CliPieces"/>.</summary>
    public CliCommand(string words, string arguments, CliLevel level, string summary, Func<CliRequest, IEnumerable<Worker>> pieces)
        : this(words, arguments, level, summary, r =>
        {
            r.Pieces = pieces(r);
        }) { }

    /// <summary>The words one by one.</summary>
    public string[] Parts { get; } = Words.Split(' ');

    /// <summary>Modes the session must be in.</summary>
    public CliModes Modes { get; init; }

    /// <summary>Set for a command that takes the whole connection over (_getsocks): it gets the descriptor and answers in its own
    /// way.</summary>
    public Action<CliRequest, int>? TakeOver { get; init; }
}
