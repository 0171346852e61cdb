// Fuzz targets of the configuration language below the level of a file: one line, one condition, one format, one expression.
using System;
using System.Collections.Generic;
using System.Text;
using Baton.Configuration;
using Baton.Configuration.Conditions;
using Baton.Configuration.Diagnostics;
using Baton.Configuration.Expressions;
using Baton.Configuration.Lexing;
using Baton.Configuration.Model;
using Baton.Core.Text;
using Baton.Engine.Rules;

namespace Baton.Fuzz;

internal static class LanguageTargets
{
    private static string? Variable(string name) =>
        name switch
        {
            "A" => "x y",
            "EMPTY" => "",
            _ => null,
        };

    /// <summary>Bytes survive being text; what was split once, written in strong quotes, is split into the same words again.</summary>
    public static void Lexer(byte[] bytes)
    {
        string line = ByteText.Decode(bytes);
        if (!ByteText.GetBytes(line).AsSpan().SequenceEqual(bytes))
            throw new FuzzFailure("decoding and encoding do not undo each other");
        var lexer = new LineLexer(Variable);
        if (!lexer.Split(line, out List<Word> words, out LexError error))
        {
            if (error.Message.Length == 0 || error.Column < 0 || error.Column > line.Length)
                throw new FuzzFailure($"column {error.Column} of {line.Length}: {error.Message}");
            return;
        }
        List<string> texts = words.ConvertAll(w => w.Text);
        foreach (Word word in words)
            if (word.Column < 0 || word.Column >= line.Length)
                throw new FuzzFailure($"word at {word.Column} of {line.Length}");
        string quoted = string.Join(' ', texts.ConvertAll(t => "'" + t.Replace("'", "'\\''") + "'"));
        if (!lexer.Split(quoted, out List<Word> again, out error))
            throw new FuzzFailure($"quoted words are refused: {error.Message}");
        FuzzTargets.Expect(string.Join('\u0001', texts), string.Join('\u0001', again.ConvertAll(w => w.Text)));
    }

    /// <summary>A condition has the value of its double negation, of itself in parentheses, and of itself joined with what changes
    /// nothing.</summary>
    public static void Condition(byte[] bytes)
    {
        string text = ByteText.Decode(bytes);
        ConditionEvaluator.EvaluateWritten(text, out _);
        bool? value = ConditionEvaluator.Evaluate(text, out string error, out int column);
        if (value is null)
        {
            if (error.Length == 0 || column < 0 || column > text.Length)
                throw new FuzzFailure($"column {column} of {text.Length}: {error}");
            return;
        }
        // an empty condition is false by itself only, and depth is limited
        if (text.AsSpan().Trim(" \t").IsEmpty || text.Length > 50)
            return;
        FuzzTargets.Expect(value, ConditionEvaluator.Evaluate($"({text})", out _, out _));
        FuzzTargets.Expect(value, !ConditionEvaluator.Evaluate($"!({text})", out _, out _));
        FuzzTargets.Expect(value, ConditionEvaluator.Evaluate($"0 || {text}", out _, out _));
        FuzzTargets.Expect(value, ConditionEvaluator.Evaluate($"1 && ({text}) && 1", out _, out _));
    }

    /// <summary>The literal pieces of a format that is accepted come from its text; what is refused is said once.</summary>
    public static void Format(byte[] bytes)
    {
        string text = ByteText.Decode(bytes);
        var sink = new DiagnosticSink();
        var parser = new ExpressionParser(EngineCatalog.Create(), sink);
        LogFormatConfig? format = parser.ParseFormat(text, new SourcePosition("fuzz", 1), SampleNeeds.None);
        FuzzTargets.Expect(format is null, sink.Errors > 0);
        if (format is null)
            return;
        foreach (LogFormatNode node in format.Nodes)
            if (node.Literal is { } literal && !IsSpread(literal, text))
                throw new FuzzFailure($"'{literal}' is not in '{text}'");
    }

    /// <summary>The characters of a piece stand in the text in that order: what has no value of its own may stand between them.</summary>
    private static bool IsSpread(string piece, string text)
    {
        int at = 0;
        foreach (char c in text)
            if (at < piece.Length && piece[at] == c)
                at++;
        return at == piece.Length;
    }

    /// <summary>As an ACL, as a condition and as a sample: accepted or refused with words, twice alike.</summary>
    public static void Expression(byte[] bytes)
    {
        string text = ByteText.Decode(bytes).Replace('\n', ' ').Replace('\0', ' ');
        // files that it would read are none of ours
        if (text.Contains("-f", StringComparison.Ordinal) || text.Contains("map", StringComparison.Ordinal))
            return;
        foreach (
            string line in new[]
            {
                $"acl a {text}",
                $"http-request deny if {{ {text} }}",
                $"http-request deny if {text}",
                $"http-request set-var(txn.x) {text}",
            }
        )
            FuzzTargets.Expect(Load(line), Load(line));
    }

    private static string Load(string line)
    {
        var loader = new ConfigurationLoader(sink => new ExpressionParser(EngineCatalog.Create(), sink));
        bool valid = loader.LoadOnly($"frontend f\n  mode http\n  {line}\n", "fuzz.cfg") is not null;
        if (valid != (loader.Diagnostics.Errors == 0))
            throw new FuzzFailure("accepted with errors, or refused without");
        return DiagnosticFormatter.Format(loader.Diagnostics.All, 0);
    }
}
