// The name on the line that begins a section which has one name and nothing else.
using System.Collections.Generic;
using Baton.Configuration.Diagnostics;
using Baton.Configuration.Lexing;
using Baton.Configuration.Model;

namespace Baton.Configuration.Sections;

internal static class SectionName
{
    /// <summary>The name; what is wrong with it, or behind it, is reported.</summary>
    /// <param name="isOptional">There may be none: then it is empty.</param>
    public static string Read(List<Word> words, DiagnosticSink diagnostics, SourcePosition at, bool isOptional = false)
    {
        string kind = words[0].Text,
            name = words.Count > 1 ? words[1].Text : "";
        if (name.Length == 0 && !isOptional)
            diagnostics.Error(at, $"missing name for {kind} section.", kind);
        else if (ServerLine.InvalidNameCharacter(name) is { } bad)
            diagnostics.Error(at, $"character '{bad}' is not permitted in '{kind}' name '{name}'.", name);
        if (words.Count > 2)
            diagnostics.Error(at, $"'{kind}' cannot handle unexpected argument '{words[2].Text}'.", words[2].Text);
        return name;
    }

    /// <summary>Reports a section whose name another of its kind has.</summary>
    /// <param name="declared">Where that one is; null when there is none.</param>
    public static void RejectTwin(string kind, string name, SourcePosition? declared, DiagnosticSink diagnostics, SourcePosition at)
    {
        if (declared is { } other && name.Length > 0)
            diagnostics.Error(at, $"{kind} section '{name}' has the same name as another {kind} section declared at {other}.", name);
    }
}
