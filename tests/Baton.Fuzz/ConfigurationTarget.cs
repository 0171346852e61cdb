// Fuzz target of the configuration: any bytes as a file. The loader may complain, never throw, and says the same twice.
using System;
using System.Text;
using Baton.Configuration;
using Baton.Configuration.Diagnostics;
using Baton.Configuration.Expressions;
using Baton.Configuration.Model;
using Baton.Engine.Patterns;
using Baton.Engine.Rules;

namespace Baton.Fuzz;

internal static class ConfigurationTarget
{
    /// <summary>Words whose lines change the process that reads them; such inputs are left out.</summary>
    private static readonly string[] Unsafe = ["setenv", "unsetenv", "resetenv", "default-path"];

    public static void Run(byte[] bytes)
    {
        string text = Encoding.UTF8.GetString(bytes);
        foreach (string word in Unsafe)
            if (text.Contains(word, StringComparison.Ordinal))
                return;
        string first = Load(text, out bool valid),
            second = Load(text, out bool again);
        if (first != second || valid != again)
            throw new FuzzFailure($"two readings differ:\n{first}\n{second}");
    }

    private static string Load(string text, out bool valid)
    {
        PatternRegistry.Reset();
        var loader = new ConfigurationLoader(sink => new ExpressionParser(EngineCatalog.Create(), sink));
        ProcessConfig? config = loader.LoadOnly(text, "fuzz.cfg");
        valid = config is not null;
        if (valid != (loader.Diagnostics.Errors == 0))
            throw new FuzzFailure("a configuration with errors was accepted, or one without refused");
        int lines = text.Split('\n').Length;
        foreach (Diagnostic d in loader.Diagnostics.All)
        {
            if (d.Located && (d.Position.Line < 1 || d.Position.Line > lines))
                throw new FuzzFailure($"line {d.Position.Line} of {lines}: {d.Message}");
            if (d.Message.Length == 0)
                throw new FuzzFailure($"nothing said about line {d.Position.Line}");
        }
        return DiagnosticFormatter.Format(loader.Diagnostics.All, 0);
    }
}
