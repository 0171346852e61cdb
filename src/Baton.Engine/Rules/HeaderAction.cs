// set-header, add-header, and the parts of the start line: method, URI, path, query.
using System;
using System.Text;
using Baton.Configuration.Expressions;
using Baton.Engine.Logs;
using Baton.Engine.Streams;
using Baton.Http.Messages;

namespace Baton.Engine.Rules;

/// <summary>An edit of the head the rule set is about. What does not fit counts as a failed rewrite; with strict-mode (the default) it is
/// an error.</summary>
internal sealed class HeaderAction : RuleAction
{
    internal enum Kind : byte
    {
        SetHeader,
        AddHeader,
        SetMethod,
        SetUri,
        SetPath,
        SetPathAndQuery,
        SetQuery,
    }

    private readonly Kind _kind;
    private readonly byte[] _name;
    private readonly FormattedText _value;

    private HeaderAction(RuleConfig rule, Kind kind)
    {
        _kind = kind;
        _name = Encoding.ASCII.GetBytes(rule.Arguments[0].Text);
        _value = new FormattedText((LogFormatConfig)rule.Arguments[^1].Value!, kind >= Kind.SetUri ? FormatUse.Target : FormatUse.Message);
    }

    public override Verdict Run(HttpStream stream)
    {
        Span<byte> text = stream.Worker.Scratch.OutputSpan;
        ReadOnlySpan<byte> value = text[.._value.Write(stream, text)];
        return stream.Rules.NoteEdit(Edit(stream.Rules.Editable(), value));
    }

    private bool Edit(MessageHead head, ReadOnlySpan<byte> value)
    {
        switch (_kind)
        {
            case Kind.SetHeader:
                return head.SetField(_name, value);
            case Kind.AddHeader:
                return head.AddField(_name, value);
            case Kind.SetMethod:
                return head.SetMethod(value);
            case Kind.SetUri:
                return head.SetTarget(value);
            case Kind.SetPath:
                return head.ReplacePath(value, head.HasQuery ? head.Query : default, head.HasQuery);
            case Kind.SetPathAndQuery:
                return head.ReplacePath(value, default, false);
            default:
                // COMPAT: a question mark that was there is never removed
                return head.ReplacePath(head.Path, value, value.Length > 0 || head.HasQuery);
        }
    }

    private static readonly ArgumentSpec[] NameAndFormat = [new(ArgumentKind.String, "name"), new(ArgumentKind.Format, "fmt")];
    private static readonly ArgumentSpec[] Format = [new(ArgumentKind.Format, "fmt")];

    internal static readonly EngineAction[] Rows =
    [
        new()
        {
            Name = "set-header",
            ValidIn = RuleSets.AnyHttp,
            Arguments = NameAndFormat,
            Summary = "replaces a header",
            Build = r => new HeaderAction(r, Kind.SetHeader),
        },
        new()
        {
            Name = "add-header",
            ValidIn = RuleSets.AnyHttp,
            Arguments = NameAndFormat,
            Summary = "adds a header line",
            Build = r => new HeaderAction(r, Kind.AddHeader),
        },
        new()
        {
            Name = "set-method",
            ValidIn = RuleSets.HttpRequest,
            Arguments = Format,
            Summary = "replaces the method",
            Build = r => new HeaderAction(r, Kind.SetMethod),
        },
        new()
        {
            Name = "set-uri",
            ValidIn = RuleSets.HttpRequest,
            Arguments = Format,
            Summary = "replaces the whole request target",
            Build = r => new HeaderAction(r, Kind.SetUri),
        },
        new()
        {
            Name = "set-path",
            ValidIn = RuleSets.HttpRequest,
            Arguments = Format,
            Summary = "replaces the path, keeping the query",
            Build = r => new HeaderAction(r, Kind.SetPath),
        },
        new()
        {
            Name = "set-pathq",
            ValidIn = RuleSets.HttpRequest,
            Arguments = Format,
            Summary = "replaces path and query",
            Build = r => new HeaderAction(r, Kind.SetPathAndQuery),
        },
        new()
        {
            Name = "set-query",
            ValidIn = RuleSets.HttpRequest,
            Arguments = Format,
            Summary = "replaces the query",
            Build = r => new HeaderAction(r, Kind.SetQuery),
        },
    ];
}
