// Files in, ProcessConfig out. Reads every file, reports every fault of all of them, and returns a configuration only
// when there was none.
using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using Baton.Configuration.Catalog;
using Baton.Configuration.Conditions;
using Baton.Configuration.Diagnostics;
using Baton.Configuration.Directives;
using Baton.Configuration.Expressions;
using Baton.Configuration.Lexing;
using Baton.Configuration.Model;
using Baton.Configuration.Sections;

namespace Baton.Configuration;

/// <summary>One use: create, <see cref="Load"/>, look at <see cref="Diagnostics"/>.</summary>
public sealed class ConfigurationLoader
{
    private readonly LineLexer _lexer = new(Environment.GetEnvironmentVariable);
    private readonly ConditionStack _conditions;
    private readonly SectionBuilder _sections;
    private readonly IExpressionParser _expressions;

    public ConfigurationLoader(Func<DiagnosticSink, IExpressionParser> expressions)
    {
        _conditions = new ConditionStack(Diagnostics);
        IExpressionParser parser = _expressions = expressions(Diagnostics);
        Process.Variables = parser.Variables;
        _sections = new SectionBuilder(Process, Diagnostics, parser);
    }

    public ProcessConfig Process { get; } = new();
    public DiagnosticSink Diagnostics { get; } = new();

    /// <summary>Files that had errors, for the closing lines of the report.</summary>
    public List<string> FaultyFiles { get; } = [];

    /// <summary>Reads files and directories (*.cfg in name order). Null when anything was wrong.</summary>
    public ProcessConfig? Load(IReadOnlyList<string> paths)
    {
        foreach (string path in paths)
        {
            if (Directory.Exists(path))
            {
                string[] files = Directory.GetFiles(path, "*.cfg");
                Array.Sort(files, string.CompareOrdinal);
                foreach (string file in files) if (!Path.GetFileName(file).StartsWith('.')) LoadFile(file);
            }
            else LoadFile(path);
        }
        return Finish();
    }

    private void LoadFile(string path)
    {
        string text;
        try { text = Encoding.UTF8.GetString(File.ReadAllBytes(path)); }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            string why = e is FileNotFoundException or DirectoryNotFoundException ? "No such file or directory" : e is UnauthorizedAccessException ? "Permission denied" : e.Message;
            Diagnostics.Add(new Diagnostic(Severity.Alert, new SourcePosition(path, 0), $"Cannot open configuration file/directory {path} : {why}", path) { Located = false });
            return;
        }
        LoadText(text, path);
    }

    /// <summary>The configuration once every file and text has been read: checks the whole. Null when anything was wrong.</summary>
    private ProcessConfig? Finish()
    {
        _sections.Finish();
        new ErrorReferences(Process, Diagnostics).Resolve(_expressions.Replies);
        foreach ((string name, SourcePosition at) in _expressions.UserLists)
            if (!Process.UserLists.Exists(l => l.Name == name)) Diagnostics.Error(at, $"unable to find userlist '{name}'.", name);
        foreach (ProxyReference reference in _expressions.References) ReferenceValidator.Validate(Process, reference, Diagnostics);
        if (Diagnostics.Errors == 0) ConfigurationValidator.Validate(Process, Diagnostics);
        return Diagnostics.Errors == 0 ? Process : null;
    }

    /// <summary>Reads a configuration that is no file; <paramref name="name"/> stands for the file in messages. Null when anything was wrong.</summary>
    public ProcessConfig? LoadOnly(string text, string name)
    {
        LoadText(text, name);
        return Finish();
    }

    private void LoadText(string text, string path)
    {
        int before = Diagnostics.Errors, number = 0, at = 0;
        if (Process.Global.DefaultPath != DefaultPathPolicy.Current) PathLine.Enter(Process.Global, path);
        while (at < text.Length)
        {
            int end = text.IndexOf('\n', at);
            string line = end < 0 ? text[at..] : text[at..end];
            at = end < 0 ? text.Length : end + 1;
            Line(line, new SourcePosition(path, ++number));
        }
        PathLine.Leave(Process.Global);
        _conditions.EndOfFile(new SourcePosition(path, number));
        if (Diagnostics.Errors > before) FaultyFiles.Add(path);
    }

    private void Line(string line, SourcePosition position)
    {
        int first = 0;
        while (first < line.Length && line[first] is ' ' or '\t') first++;
        if (first == line.Length || line[first] is '#' or '\r') return;
        if (!_lexer.Split(line, out List<Word> words, out LexError error))
        {
            string clean = line.TrimEnd('\r');
            Diagnostics.Error(position, $"{error.Message} at position {error.Column + 1}:\n  {clean}\n  {new string(' ', error.Column)}^");
            return;
        }
        if (words.Count == 0) return;
        if (words[0].Text[..Math.Min(1, words[0].Text.Length)] == "." && _conditions.Handle(words, position, line)) return;
        if (_conditions.Skipping) return;
        _sections.Line(words, position);
    }
}
