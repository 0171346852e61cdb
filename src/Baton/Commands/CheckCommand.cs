// "baton check FILE...": what is wrong with a configuration, for people: the message, the line and a caret under the word.
using System;
using System.Collections.Generic;
using System.IO;
using Baton.Configuration;
using Baton.Configuration.Diagnostics;
using Baton.Interop.Linux;

namespace Baton.Commands;

internal static class CheckCommand
{
    /// <summary>0 when the files are valid, 1 otherwise.</summary>
    public static int Run(string[] files)
    {
        if (files.Length == 0) { StandardStreams.Error("usage: baton check FILE...\n"); return 1; }
        Lifecycle.ConfigurationSource.PredefineVariables(files);
        var loader = new ConfigurationLoader(Lifecycle.Expressions.Create);
        bool valid = loader.Load(files) is not null;
        var sources = new Dictionary<string, string[]>();
        bool colors = Environment.GetEnvironmentVariable("NO_COLOR") is null && Files.IsTerminal(1);
        foreach (Diagnostic d in loader.Diagnostics.All) StandardStreams.Out(DiagnosticFormatter.Explain(d, SourceLine(sources, d), colors));
        StandardStreams.Out(valid ? "Configuration file is valid\n" : $"{loader.Diagnostics.Errors} error(s), {loader.Diagnostics.Warnings} warning(s)\n");
        return valid ? 0 : 1;
    }

    private static string? SourceLine(Dictionary<string, string[]> sources, Diagnostic d)
    {
        if (!d.Located || !File.Exists(d.Position.File)) return null;
        if (!sources.TryGetValue(d.Position.File, out string[]? lines)) sources[d.Position.File] = lines = File.ReadAllLines(d.Position.File);
        return d.Position.Line >= 1 && d.Position.Line <= lines.Length ? lines[d.Position.Line - 1] : null;
    }
}
