// Files in, ProcessConfig out. Reads every file, reports every fault of all of them, and returns a configuration only
// when there was none.
using System;
using System.Collections.Generic;
using System.IO;
using Baton.Configuration.Catalog;
using Baton.Configuration.Conditions;
using Baton.Configuration.Diagnostics;
using Baton.Configuration.Directives;
using Baton.Configuration.Expressions;
using Baton.Configuration.Lexing;
using Baton.Configuration.Model;
using Baton.Configuration.Sections;
using Baton.Configuration.Values;
using Baton.Core.Text;

namespace Baton.Configuration;

/// <summary>One use: create, <see cref="Load"/>, look at <see cref="Diagnostics"/>.</summary>
public sealed class ConfigurationLoader
{
    /// <summary>What stands for the standard input among the files, for whoever gives <see cref="StandardInput"/>.</summary>
    public const string StandardInputName = "-";

    /// <summary>The configuration that is no file: what was read from the standard input.</summary>
    public byte[]? StandardInput { get; init; }

    private const char ByteOrderMark = '\uFEFF';

    private readonly LineLexer _lexer;
    private SourcePosition _position;
    private readonly ConditionStack _conditions;
    private readonly SectionBuilder _sections;
    private readonly IExpressionParser _expressions;

    public ConfigurationLoader(Func<DiagnosticSink, IExpressionParser> expressions)
    {
        _lexer = new LineLexer(Variable);
        _conditions = new ConditionStack(Diagnostics);
        IExpressionParser parser = _expressions = expressions(Diagnostics);
        Process.Variables = parser.Variables;
        _sections = new SectionBuilder(Process, Diagnostics, parser);
    }

    public ProcessConfig Process { get; } = new();
    public DiagnosticSink Diagnostics { get; } = new();

    /// <summary>Gets each line as it is understood ("-dC"): its number and its words.</summary>
    public Action<SourcePosition, IReadOnlyList<Word>>? Echo { get; init; }

    /// <summary>Files that had errors, for the closing lines of the report.</summary>
    public List<string> FaultyFiles { get; } = [];

    /// <summary>Reads files and directories (*.cfg in name order). Null when anything was wrong.</summary>
    public ProcessConfig? Load(IReadOnlyList<string> paths)
    {
        foreach (string path in paths)
        {
            if (Directory.Exists(path))
                foreach (string file in FilesOf(path))
                    LoadFile(file);
            else
                LoadFile(path);
        }
        return Finish();
    }

    /// <summary>What -f DIRECTORY reads: *.cfg in name order.</summary>
    public static string[] FilesOf(string directory)
    {
        string[] files = Array.FindAll(Directory.GetFiles(directory, "*.cfg"), static file => !Path.GetFileName(file).StartsWith('.'));
        Array.Sort(files, string.CompareOrdinal);
        return files;
    }

    private void LoadFile(string path)
    {
        string why = "";
        if ((path == StandardInputName && StandardInput is { } input ? input : FileBytes.Read(path, out why)) is not { } bytes)
        {
            Diagnostics.Add(
                new Diagnostic(
                    Severity.Alert,
                    new SourcePosition(path, 0),
                    $"Cannot open configuration file/directory {path} : {why}",
                    path
                )
                {
                    Located = false,
                }
            );
            return;
        }
        LoadText(ByteText.Decode(bytes), path);
    }

    /// <summary>The configuration once every file and text has been read: checks the whole. Null when anything was wrong.</summary>
    private ProcessConfig? Finish()
    {
        _sections.Finish();
        Process.TlsUses = _expressions.TlsUses;
        ResolversLines.AddDefault(Process, _expressions.Resolvers.Exists(static r => r.Name == ResolversLines.Default));
        new ErrorReferences(Process, Diagnostics).Resolve(_expressions.Replies);
        foreach ((string name, SourcePosition at) in _expressions.UserLists)
            if (!Process.UserLists.Exists(l => l.Name == name))
                Diagnostics.Error(
                    at,
                    $"unable to find userlist '{name}'.",
                    name,
                    Spelling.Nearest(name, Process.UserLists.ConvertAll(l => l.Name))
                );
        foreach ((string name, SourcePosition at) in _expressions.Resolvers)
            if (!Process.HasResolvers(name))
                Diagnostics.Error(
                    at,
                    $"can't find resolvers section '{name}' for do-resolve action.",
                    name,
                    Spelling.Nearest(name, Process.Resolvers.ConvertAll(r => r.Name))
                );
        foreach (ProxyReference reference in _expressions.References)
            ReferenceValidator.Validate(Process, reference, Diagnostics);
        StickTableValidator.Link(Process, _expressions.Tables, Diagnostics);
        PeersValidator.Validate(Process, Diagnostics);
        HealthCheckLines.Link(Process, Diagnostics);
        GuidLines.Validate(Process, Diagnostics);
        if (Diagnostics.Errors == 0)
            ConfigurationValidator.Validate(Process, Diagnostics, at => _expressions.ParseLogFormat(ProxyOptionLines.TcpLogLine, at));
        return Diagnostics.Errors == 0 ? Process : null;
    }

    /// <summary>Reads a configuration that is no file; <paramref name="name"/> stands for the file in messages. Null when anything was
    /// wrong.</summary>
    public ProcessConfig? LoadOnly(string text, string name)
    {
        LoadText(text, name);
        return Finish();
    }

    private void LoadText(string text, string path)
    {
        int before = Diagnostics.Errors,
            number = 0,
            at = 0;
        if (Process.Global.DefaultPath != DefaultPathPolicy.Current)
            PathLine.Enter(Process.Global, path);
        _sections.BeginFile();
        if (text.StartsWith(ByteOrderMark))
        {
            Diagnostics.Error(
                new SourcePosition(path, 1),
                "the file begins with a UTF-8 byte order mark, which is no part of the language: remove it."
            );
            at = 1;
        }
        while (at < text.Length)
        {
            int end = text.IndexOf('\n', at);
            string line = end < 0 ? text[at..] : text[at..end];
            at = end < 0 ? text.Length : end + 1;
            Line(line, new SourcePosition(path, ++number));
            // COMPAT: such a file is taken for a truncated one
            if (end < 0)
                Diagnostics.Error(
                    new SourcePosition(path, number),
                    $"Missing LF on last line, file might have been truncated at position {line.Length + 1}."
                );
        }
        PathLine.Leave(Process.Global);
        _conditions.EndOfFile(new SourcePosition(path, number));
        if (Diagnostics.Errors > before)
            FaultyFiles.Add(path);
    }

    /// <summary>A variable of the environment, or one of those that say where the line stands.</summary>
    private string? Variable(string name) =>
        name switch
        {
            ".FILE" => _position.File,
            ".LINE" => _position.Line.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ".SECTION" => _sections.Current,
            _ => Environment.GetEnvironmentVariable(name),
        };

    private void Line(string line, SourcePosition position)
    {
        _position = position;
        int first = 0;
        while (first < line.Length && line[first] is ' ' or '\t')
            first++;
        if (first == line.Length || line[first] is '#' or '\r')
            return;
        if (line.IndexOf('\0') is >= 0 and var nul)
        {
            Diagnostics.Error(position, $"Stray NUL character at position {nul + 1}.");
            return;
        }
        if (!_lexer.Split(line, out List<Word> words, out LexError error))
        {
            Diagnostics.Error(position, $"{error.Message} at position {error.Column + 1}:{Pointer(line, first, error.Column)}");
            return;
        }
        // COMPAT: a line whose first word is empty, as an unset variable gives it, is none
        if (words.Count == 0 || words[0].Text.Length == 0)
            return;
        if (words[0].Text[0] == '.' && _conditions.Handle(words, position))
            return;
        if (_conditions.Skipping)
            return;
        if (words.FindIndex(static w => w.Text.Length == 0) is > 0 and var empty)
        {
            RefuseEmpty(words[empty], empty, line, first);
            return;
        }
        Echo?.Invoke(position, words);
        _sections.Line(words, position);
    }

    /// <summary>COMPAT: an empty word ends the arguments of a line, so a condition behind an unset variable would be lost, and a pattern;
    /// newer releases of HAProxy refuse the line.</summary>
    private void RefuseEmpty(Word word, int index, string line, int first) =>
        Diagnostics.Error(
            _position,
            $"argument number {index} at position {word.Column + 1} is empty, which would end the arguments of the line there:{Pointer(line, first, word.Column)}\n"
                + "  A variable that may be unset or empty can be given a default (\"${NAME-default}\"), or be no argument at all (\"${NAME[*]}\")."
        );

    private static string Pointer(string line, int first, int column) =>
        $"\n  {line[first..].TrimEnd('\r')}\n  {new string(' ', column - first)}^";
}
