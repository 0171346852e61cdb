// .if, .elif, .else, .endif and the messages .diag, .notice, .warning, .alert (manual 2.4).
using System.Collections.Generic;
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

    /// <summary>The lines that follow are not read.</summary>
    public bool Skipping
    {
        get { foreach ((State state, _, _) in _blocks) if (state != State.Taken) return true; return false; }
    }

    /// <summary>True when the line was one of ours.</summary>
    public bool Handle(List<Word> words, SourcePosition at, string line)
    {
        string word = words[0].Text;
        string rest = words.Count > 1 ? line[words[1].Column..].TrimEnd() : "";
        switch (word)
        {
            case ".if":
                _blocks.Push((Skipping ? State.Done : Test(words, at) ? State.Taken : State.Waiting, false, at));
                return true;
            case ".elif" or ".else":
                if (_blocks.Count == 0) { diagnostics.Error(at, $"lone '{word}' with no matching '.if'", word); return true; }
                (State state, bool sawElse, SourcePosition begun) = _blocks.Pop();
                if (sawElse) diagnostics.Error(at, $"'{word}' after '.else' is not permitted", word);
                state = state == State.Waiting && (word == ".else" || Test(words, at)) ? State.Taken : state == State.Taken ? State.Done : state;
                _blocks.Push((state, word == ".else", begun));
                return true;
            case ".endif":
                if (_blocks.Count == 0) diagnostics.Error(at, "lone '.endif' with no matching '.if'", word); else _blocks.Pop();
                return true;
            case ".diag" or ".notice" or ".warning" or ".alert":
                if (!Skipping) Say(word, Unquote(words, rest), at);
                return true;
            default:
                if (Skipping) return true;
                return false;
        }
    }

    public void EndOfFile(SourcePosition at)
    {
        while (_blocks.Count > 0)
        {
            SourcePosition begun = _blocks.Pop().At;
            diagnostics.Error(at, $"non-terminated '.if' block (begun at line {begun.Line})", ".if");
        }
    }

    private bool Test(List<Word> words, SourcePosition at)
    {
        var text = new System.Text.StringBuilder();
        for (int i = 1; i < words.Count; i++) { if (i > 1) text.Append(' '); text.Append(words[i].Text); }
        bool? value = ConditionEvaluator.Evaluate(text.ToString(), out string error);
        if (value is null) diagnostics.Error(at, error, words[0].Text);
        return value == true;
    }

    private static string Unquote(List<Word> words, string rest) => words.Count == 2 ? words[1].Text : rest;

    private void Say(string word, string text, SourcePosition at)
    {
        switch (word)
        {
            case ".alert": diagnostics.Error(at, $"'.alert' : {text}"); break;
            case ".warning": diagnostics.Warning(at, $"'.warning' : {text}"); break;
            case ".notice": diagnostics.Notice(at, $"'.notice' : {text}"); break;
            default: diagnostics.Add(new Diagnostic(Severity.Diag, at, $"'.diag' : {text}", "")); break;
        }
    }
}
