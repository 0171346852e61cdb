// replace-header, replace-value, replace-path, replace-pathq, replace-uri: a part of the head rewritten when a regular
// expression matches it (manual, "http-request replace-header" and following).
using System;
using System.Text;
using Baton.Configuration.Expressions;
using Baton.Engine.Logs;
using Baton.Engine.Samples;
using Baton.Engine.Streams;
using Baton.Http.Headers;
using Baton.Http.Messages;

namespace Baton.Engine.Rules;

internal sealed class ReplaceAction : RuleAction
{
    internal enum Part : byte
    {
        Header,
        Value,
        Path,
        PathAndQuery,
        Uri,
    }

    private readonly Part _part;
    private readonly byte[] _name;
    private readonly RegularExpression _expression;
    private readonly FormattedText _replacement;

    private ReplaceAction(RuleConfig rule, Part part)
    {
        _part = part;
        _name = Encoding.ASCII.GetBytes(part is Part.Header or Part.Value ? rule.Arguments[0].Text : "");
        _expression = (RegularExpression)rule.Arguments[^2].Value!;
        _replacement = new FormattedText(
            (LogFormatConfig)rule.Arguments[^1].Value!,
            part >= Part.Path ? FormatUse.Target : FormatUse.Message
        );
    }

    public override Verdict Run(HttpStream stream)
    {
        MessageHead head = stream.Rules.Editable();
        Span<byte> memory = stream.Worker.Scratch.OutputSpan,
            into = memory[(memory.Length / 2)..];
        ReadOnlySpan<byte> replacement = memory[.._replacement.Write(stream, memory[..^into.Length])];
        switch (_part)
        {
            case Part.Header or Part.Value:
                for (int i = -1; (i = head.Find(_name, i)) >= 0; )
                    if (!EditField(stream, head, i, replacement, into))
                        return stream.Rules.NoteEdit(false);
                return Verdict.Continue;
            case Part.Path:
                int length = _expression.Expand(stream.Worker, head.Path, replacement, into);
                return length == -1
                    ? Verdict.Continue
                    : stream.Rules.NoteEdit(
                        length >= 0 && head.ReplacePath(into[..length], head.HasQuery ? head.Query : default, head.HasQuery)
                    );
            case Part.PathAndQuery:
                length = _expression.Expand(stream.Worker, head.PathAndQuery, replacement, into);
                return length == -1
                    ? Verdict.Continue
                    : stream.Rules.NoteEdit(length >= 0 && head.ReplacePath(into[..length], default, false));
            default:
                length = _expression.Expand(stream.Worker, head.Target, replacement, into);
                return length == -1 ? Verdict.Continue : stream.Rules.NoteEdit(length >= 0 && head.SetTarget(into[..length]));
        }
    }

    private bool EditField(HttpStream stream, MessageHead head, int field, ReadOnlySpan<byte> replacement, Span<byte> into)
    {
        ReadOnlySpan<byte> value = head.Field(field).ValueSpan;
        if (_part == Part.Header)
        {
            int length = _expression.Expand(stream.Worker, value, replacement, into);
            return length == -1 || length >= 0 && head.ReplaceValue(field, into[..length]);
        }
        // each element of the list by itself; COMPAT: one that is rewritten loses the white space in front of it
        int at = 0;
        bool changed = false;
        for (int from = 0, end; from <= value.Length; from = end + 1)
        {
            end = from + ListValue.EndOfElement(value[from..]);
            ReadOnlySpan<byte> piece = value[from..end],
                element = piece.Trim(" \t"u8);
            int start = piece.Length == 0 ? 0 : piece.Length - piece.TrimStart(" \t"u8).Length;
            if (from > 0)
            {
                if (at == into.Length)
                    return false;
                into[at++] = (byte)',';
            }
            if (piece.Length > into.Length - at)
                return false;
            int length = element.IsEmpty ? -1 : _expression.Expand(stream.Worker, element, replacement, into[at..]);
            if (length == -2)
                return false;
            if (length >= 0)
            {
                at += length;
                changed = true;
            }
            ReadOnlySpan<byte> tail = length >= 0 ? piece[(start + element.Length)..] : piece;
            if (tail.Length > into.Length - at)
                return false;
            tail.CopyTo(into[at..]);
            at += tail.Length;
        }
        return !changed || head.ReplaceValue(field, into[..at]);
    }

    private static readonly ArgumentSpec[] NameRegexFormat =
    [
        new(ArgumentKind.String, "name"),
        new(ArgumentKind.Regex, "regex"),
        new(ArgumentKind.Format, "fmt"),
    ];
    private static readonly ArgumentSpec[] RegexFormat = [new(ArgumentKind.Regex, "regex"), new(ArgumentKind.Format, "fmt")];

    internal static readonly EngineAction[] Rows =
    [
        new()
        {
            Name = "replace-header",
            ValidIn = RuleSets.AnyHttp,
            Arguments = NameRegexFormat,
            Summary = "rewrites a header whose whole value matches",
            Build = r => new ReplaceAction(r, Part.Header),
        },
        new()
        {
            Name = "replace-value",
            ValidIn = RuleSets.AnyHttp,
            Arguments = NameRegexFormat,
            Summary = "rewrites the elements of a header that match",
            Build = r => new ReplaceAction(r, Part.Value),
        },
        new()
        {
            Name = "replace-path",
            ValidIn = RuleSets.HttpRequest,
            Arguments = RegexFormat,
            Summary = "rewrites the path",
            Build = r => new ReplaceAction(r, Part.Path),
        },
        new()
        {
            Name = "replace-pathq",
            ValidIn = RuleSets.HttpRequest,
            Arguments = RegexFormat,
            Summary = "rewrites path and query",
            Build = r => new ReplaceAction(r, Part.PathAndQuery),
        },
        new()
        {
            Name = "replace-uri",
            ValidIn = RuleSets.HttpRequest,
            Arguments = RegexFormat,
            Summary = "rewrites the whole request target",
            Build = r => new ReplaceAction(r, Part.Uri),
        },
    ];
}
