// Collects what the parser has to say, so that one run reports every fault of every file.
using System.Collections.Generic;
using Baton.Configuration.Model;

namespace Baton.Configuration.Diagnostics;

public sealed class DiagnosticSink
{
    private readonly List<Diagnostic> _all = [];

    public IReadOnlyList<Diagnostic> All => _all;
    public int Errors { get; private set; }
    public int Warnings { get; private set; }

    public void Error(SourcePosition at, string message, string word = "", string? hint = null) =>
        Add(new Diagnostic(Severity.Alert, at, message, word) { Hint = hint });

    public void Warning(SourcePosition at, string message, string word = "") => Add(new Diagnostic(Severity.Warning, at, message, word));

    public void Notice(SourcePosition at, string message) => Add(new Diagnostic(Severity.Notice, at, message, ""));

    public void Add(Diagnostic diagnostic)
    {
        _all.Add(diagnostic);
        if (diagnostic.Continues)
            return;
        if (diagnostic.Severity == Severity.Alert)
            Errors++;
        else if (diagnostic.Severity == Severity.Warning)
            Warnings++;
    }
}
