// set-map, del-map, add-acl, del-acl: traffic that changes a map or an ACL for the traffic after it (manual, "http-request set-map").
using System;
using Baton.Configuration.Expressions;
using Baton.Core.Text;
using Baton.Engine.Logs;
using Baton.Engine.Patterns;
using Baton.Engine.Streams;

namespace Baton.Engine.Rules;

/// <summary>Changes a list of patterns by a key that is made from the stream.</summary>
internal sealed class PatternAction(RuleConfig rule, Action<PatternList, string, string> change) : StreamAction
{
    private readonly PatternList _list = PatternRegistry.Refer(rule.ParenthesisArguments[0].Text, rule.Action.Name.EndsWith("map", StringComparison.Ordinal));
    private readonly FormattedText _key = new((LogFormatConfig)rule.Arguments[0].Value!);
    private readonly FormattedText? _value = rule.Arguments.Length > 1 ? new FormattedText((LogFormatConfig)rule.Arguments[1].Value!) : null;

    public override Verdict RunOn(ProxyStream stream)
    {
        Span<byte> text = stream.Worker.Scratch.OutputSpan;
        string key = ByteText.Decode(text[.._key.Write(stream, text)]);
        change(_list, key, _value is null ? "" : ByteText.Decode(text[.._value.Write(stream, text)]));
        return Verdict.Continue;
    }

    private static readonly ArgumentSpec[] File = [new(ArgumentKind.String, "file")];
    private static readonly ArgumentSpec Key = new(ArgumentKind.Format, "key fmt");

    private static EngineAction Row(string name, RuleSets sets, string summary, Action<PatternList, string, string> change, bool hasValue = false) => new()
    {
        Name = name, ValidIn = sets, ParenthesisArguments = File, Arguments = hasValue ? [Key, new(ArgumentKind.Format, "value fmt")] : [Key], Summary = summary,
        Build = r => new PatternAction(r, change),
    };

    internal static readonly EngineAction[] Rows =
    [
        Row("set-map", RuleSets.AnyHttp, "sets an entry of a map in memory", static (l, key, value) => l.SetOrAdd(key, value), hasValue: true),
        Row("del-map", RuleSets.AnyHttp, "removes an entry from a map in memory", static (l, key, _) => l.Delete(e => e.Key == key)),
        Row("add-acl", RuleSets.HttpRequest | RuleSets.HttpResponse, "adds an entry to an ACL file in memory", static (l, key, _) => l.AddOnce(key)),
        Row("del-acl", RuleSets.HttpRequest | RuleSets.HttpResponse, "removes an entry from an ACL file in memory", static (l, key, _) => l.Delete(e => e.Key == key)),
    ];
}
