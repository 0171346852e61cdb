// set-map, del-map, add-acl, del-acl: traffic that changes a map or an ACL for the traffic after it (manual, "http-request set-map").
using System;
using Baton.Configuration.Expressions;
using Baton.Engine.Logs;
using Baton.Engine.Patterns;
using Baton.Engine.Streams;

namespace Baton.Engine.Rules;

/// <summary>Changes a list of patterns by a key that is made from the stream.</summary>
internal sealed class PatternAction(RuleConfig rule, PatternAction.Change change) : StreamAction
{
    internal delegate void Change(PatternList list, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value);

    private readonly PatternList _list = PatternRegistry.Refer(
        rule.ParenthesisArguments[0].Text,
        rule.Action.Name.EndsWith("map", StringComparison.Ordinal)
    );
    private readonly FormattedText _key = new((LogFormatConfig)rule.Arguments[0].Value!);
    private readonly FormattedText? _value =
        rule.Arguments.Length > 1 ? new FormattedText((LogFormatConfig)rule.Arguments[1].Value!) : null;

    public override Verdict RunOn(ProxyStream stream)
    {
        Span<byte> text = stream.Worker.Scratch.OutputSpan;
        int length = _key.Write(stream, text);
        Span<byte> rest = text[length..];
        change(_list, text[..length], _value is null ? default : rest[.._value.Write(stream, rest)]);
        return Verdict.Continue;
    }

    private static readonly ArgumentSpec[] File = [new(ArgumentKind.String, "file")];
    private static readonly ArgumentSpec Key = new(ArgumentKind.Format, "key fmt");

    private static EngineAction Row(string name, RuleSets sets, string summary, PatternAction.Change change, bool hasValue = false) =>
        new()
        {
            Name = name,
            ValidIn = sets,
            ParenthesisArguments = File,
            Arguments = hasValue ? [Key, new(ArgumentKind.Format, "value fmt")] : [Key],
            Summary = summary,
            Build = r => new PatternAction(r, change),
        };

    internal static readonly EngineAction[] Rows =
    [
        Row(
            "set-map",
            RuleSets.AnyHttp,
            "sets an entry of a map in memory",
            static (l, key, value) => l.SetOrAdd(key, value),
            hasValue: true
        ),
        Row("del-map", RuleSets.AnyHttp, "removes an entry from a map in memory", static (l, key, _) => l.Delete(new PatternSelector(key))),
        Row("add-acl", RuleSets.HttpRequest | RuleSets.HttpResponse, "adds an entry to an ACL file in memory", static (l, key, _) =>
            l.AddOnce(key)
        ),
        Row("del-acl", RuleSets.HttpRequest | RuleSets.HttpResponse, "removes an entry from an ACL file in memory", static (l, key, _) =>
            l.Delete(new PatternSelector(key))
        ),
    ];
}
