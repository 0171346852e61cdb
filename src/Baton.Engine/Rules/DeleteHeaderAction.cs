// del-header NAME [-m METHOD]: removes headers by their name (manual, "http-request del-header").
using System;
using System.Text;
using Baton.Configuration.Expressions;
using Baton.Engine.Samples;
using Baton.Engine.Streams;
using Baton.Http.Headers;
using Baton.Http.Messages;

namespace Baton.Engine.Rules;

/// <summary>
/// By exact name, or by prefix, suffix or part of it, ignoring case; or by a regular expression. COMPAT: that one sees names
/// in lower case, whatever the message has.
/// </summary>
internal sealed class DeleteHeaderAction(RuleConfig rule) : RuleAction
{
    private readonly byte[] _name = Encoding.ASCII.GetBytes(rule.Arguments[0].Text);
    private readonly string _method = Method(rule);
    private readonly RegularExpression? _expression =
        Method(rule) == "reg" ? RegularExpression.Create(rule.Arguments[0].Text, ignoreCase: false, out _) : null;

    private static string Method(RuleConfig rule) => rule.Options.Count > 0 ? rule.Options[0].Arguments[0].Text : "str";

    public override Verdict Run(HttpStream stream)
    {
        MessageHead head = stream.Rules.Editable();
        if (_method == "str")
        {
            head.RemoveAll(_name);
            return Verdict.Continue;
        }
        for (int i = head.FieldCount - 1; i >= 0; i--)
            if (
                _expression is null
                    ? Matches(head.Field(i).NameSpan)
                    : _expression.IsMatch(stream.Worker, Lower(head.Field(i).NameSpan, stream.Worker.Scratch.OutputSpan))
            )
                head.RemoveField(i);
        return Verdict.Continue;
    }

    private static Span<byte> Lower(ReadOnlySpan<byte> name, Span<byte> into)
    {
        for (int i = 0; i < name.Length; i++)
            into[i] = ByteClass.ToLower(name[i]);
        return into[..name.Length];
    }

    private bool Matches(ReadOnlySpan<byte> name)
    {
        if (name.Length < _name.Length)
            return false;
        switch (_method)
        {
            case "beg":
                return Ascii.EqualsIgnoreCase(name[.._name.Length], _name);
            case "end":
                return Ascii.EqualsIgnoreCase(name[^_name.Length..], _name);
            default:
                for (int i = 0; i + _name.Length <= name.Length; i++)
                    if (Ascii.EqualsIgnoreCase(name.Slice(i, _name.Length), _name))
                        return true;
                return false;
        }
    }

    private static string? Check(RuleConfig rule)
    {
        string error = "";
        return Method(rule) != "reg" || RegularExpression.Create(rule.Arguments[0].Text, ignoreCase: false, out error) is not null
            ? null
            : error;
    }

    internal static readonly EngineAction[] Rows =
    [
        new()
        {
            Name = "del-header",
            ValidIn = RuleSets.AnyHttp,
            Arguments = [new(ArgumentKind.String, "name")],
            Summary = "removes a header",
            Build = r => new DeleteHeaderAction(r),
            Check = Check,
            Options = [new("-m", [new(ArgumentKind.Choice, "method", false, ["str", "beg", "end", "sub", "reg"])])],
        },
    ];
}
