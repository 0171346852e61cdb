// .if, .elif, .else, .endif and the messages .diag, .notice, .warning, .alert (manual 2.4).
using System;
using System.Collections.Generic;
using System.Text;
using Baton.Configuration.Diagnostics;
using Baton.Configuration.Lexing;
using Baton.Configuration.Model;

namespace Baton.Configuration.Conditions;

internal sealed class ConditionStack(DiagnosticSink diagnostics)
{
    private enum State : byte
    {
        /// <summary>This branch is read.</summary>
        Taken,

        /// <summary>No branch was taken yet.</summary>
        Waiting,

        /// <summary>A branch was taken before, or the whole block stands in a skipped one.</summary>
        Done,
    }

    private readonly Stack<(State State, bool SawElse, SourcePosition At)> _blocks = new();

    /// <summary>Every directive that is read here.</summary>
    internal static readonly string[] Words = [".if", ".elif", ".else", ".endif", ".diag", ".notice", ".warning", ".alert"];

    /// <summary>The lines that follow are not read.</summary>
    public bool Skipping
    {
        get
        {
            foreach ((State state, _, _) in _blocks)
                if (state != State.Taken)
                    return true;
            return false;
        }
    }

    /// <summary>True when the line was one of ours.</summary>
    public bool Handle(List<Word> words, SourcePosition at)
    {
        string word = words[0].Text;
        switch (word)
        {
            case ".if":
                _blocks.Push(
                    (
                        Skipping ? State.Done
                        : Test(words, at) ? State.Taken
                        : State.Waiting,
                        false,
                        at
                    )
                );
                return true;
            case ".elif" or ".else":
                NextBranch(words, at);
                return true;
            case ".endif":
                if (_blocks.Count == 0)
                {
                    diagnostics.Error(at, "lone '.endif' with no matching '.if'.", word);
                    return true;
                }
                if (words.Count > 1)
                    diagnostics.Error(at, $"Unexpected argument '{words[1].Text}' for '.endif'.", words[1].Text);
                _blocks.Pop();
                return true;
            case ".diag" or ".notice" or ".warning" or ".alert":
                if (!Skipping)
                    Say(words, at);
                return true;
            default:
                if (!Skipping)
                    diagnostics.Error(
                        at,
                        $"unknown directive '{word}'{(Nearest(word) is { } near ? $"; did you mean '{near}' maybe ?" : ".")}",
                        word
                    );
                return true;
        }
    }

    private void NextBranch(List<Word> words, SourcePosition at)
    {
        string word = words[0].Text;
        if (_blocks.Count == 0)
        {
            diagnostics.Error(at, $"lone '{word}' with no matching '.if'.", word);
            return;
        }
        if (word == ".else" && words.Count > 1)
            diagnostics.Error(at, $"Unexpected argument '{words[1].Text}' for '.else'.", words[1].Text);
        (State state, bool sawElse, SourcePosition begun) = _blocks.Pop();
        if (sawElse)
            diagnostics.Error(at, $"'{word}' after '.else' is not permitted.", word);
        state =
            state == State.Waiting && (word == ".else" || Test(words, at)) ? State.Taken
            : state == State.Taken ? State.Done
            : state;
        _blocks.Push((state, word == ".else", begun));
    }

    public void EndOfFile(SourcePosition at)
    {
        while (_blocks.Count > 0)
        {
            SourcePosition begun = _blocks.Pop().At;
            diagnostics.Error(at, $"non-terminated '.if' block (begun at line {begun.Line}).", ".if");
        }
    }

    private static string? Nearest(string word) => Array.Find(Words, known => Catalog.Spelling.Distance(word, known, 2) < 2);

    private bool Test(List<Word> words, SourcePosition at)
    {
        string text = Join(words, 1);
        bool? value = ConditionEvaluator.Evaluate(text, out string error, out int column);
        if (value is null)
        {
            string word = words[0].Text;
            diagnostics.Error(
                at,
                $"{error} in '{word}' at position {column + 1}:\n  {word} {text}\n  {new string(' ', word.Length + 1 + column)}^",
                word
            );
        }
        return value == true;
    }

    /// <summary>The words of a condition as one text: its quotes have done their work.</summary>
    internal static string Join(List<Word> words, int from)
    {
        var text = new StringBuilder();
        for (int i = from; i < words.Count; i++)
            text.Append(i > from ? " " : "").Append(words[i].Text);
        return text.ToString();
    }

    private void Say(List<Word> words, SourcePosition at)
    {
        string word = words[0].Text;
        if (words.Count > 2)
        {
            diagnostics.Error(
                at,
                $"Unexpected argument '{words[2].Text}' for '{word}'. Use quotes if the message should contain spaces.",
                words[2].Text
            );
            return;
        }
        Severity severity = word switch
        {
            ".alert" => Severity.Alert,
            ".warning" => Severity.Warning,
            ".notice" => Severity.Notice,
            _ => Severity.Diag,
        };
        diagnostics.Add(new Diagnostic(severity, at, $"'{(words.Count > 1 ? words[1].Text : "")}'.", ""));
    }
}
