// "baton check FILE...": what is wrong with a configuration, for people: the message, the line, a caret under the word, and what was
// meant perhaps. It decides as -c does, with the same exit status.
using System;
using System.Collections.Generic;
using System.IO;
using Baton.Configuration;
using Baton.Configuration.Diagnostics;
using Baton.Configuration.Model;
using Baton.Configuration.Values;
using Baton.Core.Text;
using Baton.Interop.Linux;
using Baton.Lifecycle;

namespace Baton.Commands;

internal static class CheckCommand
{
    /// <summary>0 when it would start, 1 when something is wrong, 2 when there is nothing to listen on.</summary>
    public static int Run(string[] files)
    {
        if (files.Length == 0)
        {
            StandardStreams.Error("usage: baton check FILE...   ('-' reads the standard input)\n");
            return 1;
        }
        byte[]? input = null;
        if (
            Array.IndexOf(files, ConfigurationLoader.StandardInputName) >= 0
            && (input = FileBytes.Read("/dev/stdin", out string why)) is null
        )
        {
            StandardStreams.Error($"error: cannot read the standard input: {why}\n");
            return 1;
        }
        if (!Array.Exists(files, static f => !Directory.Exists(f) || ConfigurationLoader.FilesOf(f).Length > 0))
        {
            StandardStreams.Error($"error: there is no *.cfg in {string.Join(", ", files)}\n");
            return 1;
        }
        ConfigurationSource.PredefineVariables(files);
        var loader = new ConfigurationLoader(Expressions.Create) { StandardInput = input };
        ProcessConfig? config = loader.Load(files);
        List<Diagnostic> found = [.. loader.Diagnostics.All];
        if (config is not null)
            found.AddRange(ConfigurationTrial.Findings(ConfigurationTrial.Build(config, out _)));
        Show(found, input);
        return Verdict(config, found);
    }

    private static void Show(List<Diagnostic> found, byte[]? input)
    {
        var sources = new Dictionary<string, string[]>();
        if (input is not null)
            sources[ConfigurationLoader.StandardInputName] = Lines(input);
        bool colors = Environment.GetEnvironmentVariable("NO_COLOR") is null && Files.IsTerminal(1);
        foreach (Diagnostic d in found)
            if (d.Severity != Severity.Diag)
                StandardStreams.Out(DiagnosticFormatter.Explain(d, SourceLine(sources, d), colors));
    }

    private static int Verdict(ProcessConfig? config, List<Diagnostic> found)
    {
        int errors = found.FindAll(static d => d is { Severity: Severity.Alert, Continues: false }).Count,
            warnings = found.FindAll(static d => d.Severity == Severity.Warning).Count;
        bool areFatal = warnings > 0 && config is { Global.ZeroWarning: true };
        if (config is null || errors > 0 || areFatal)
        {
            StandardStreams.Out($"{errors} error(s), {warnings} warning(s){(areFatal ? ", which 'zero-warning' makes fatal" : "")}\n");
            return 1;
        }
        bool serves = ConfigurationTrial.HasListener(config);
        StandardStreams.Out(
            (warnings > 0 ? $"{warnings} warning(s)\n" : "") + (serves ? ConfigurationTrial.Valid : ConfigurationTrial.NoListener)
        );
        return serves ? 0 : 2;
    }

    private static string[] Lines(byte[] bytes) => ByteText.Decode(bytes).Split('\n');

    private static string? SourceLine(Dictionary<string, string[]> sources, Diagnostic d)
    {
        if (d.Position.File is not { Length: > 0 } file)
            return null;
        if (!sources.TryGetValue(file, out string[]? lines))
            sources[file] = lines = FileBytes.Read(file, out _) is { } bytes ? Lines(bytes) : [];
        return d.Position.Line >= 1 && d.Position.Line <= lines.Length ? lines[d.Position.Line - 1].TrimEnd('\r') : null;
    }
}
