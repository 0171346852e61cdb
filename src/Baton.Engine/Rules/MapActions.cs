// set-map and del-map: traffic that changes a map for the traffic after it (manual, "http-request set-map").
using System;
using System.Text;
using Baton.Configuration.Expressions;
using Baton.Engine.Logs;
using Baton.Engine.Maps;
using Baton.Engine.Streams;

namespace Baton.Engine.Rules;

/// <summary>Sets the entries of a key, adds one when there is none, or (without a value) deletes them.</summary>
internal sealed class MapAction(RuleConfig rule) : StreamAction
{
    private const int Half = 16384;

    private readonly MapFile _map = MapRegistry.Refer(rule.ParenthesisArguments[0].Text);
    private readonly FormattedText _key = new((LogFormatConfig)rule.Arguments[0].Value!);
    private readonly FormattedText? _value = rule.Arguments.Length > 1 ? new FormattedText((LogFormatConfig)rule.Arguments[1].Value!) : null;

    public override Verdict RunOn(ProxyStream stream)
    {
        Span<byte> text = stream.Worker.Scratch.TextSpan[32768..];
        string key = Encoding.UTF8.GetString(text[.._key.Write(stream, text[..Half])]);
        if (_value is null) _map.Delete(key);
        else _map.SetOrAdd(key, Encoding.UTF8.GetString(text[.._value.Write(stream, text[..Half])]));
        return Verdict.Continue;
    }

    private static readonly ArgumentSpec[] File = [new(ArgumentKind.String, "file")];
    private static readonly ArgumentSpec Key = new(ArgumentKind.Format, "key fmt");

    internal static readonly EngineAction[] Rows =
    [
        new() { Name = "set-map", ValidIn = RuleSets.AnyHttp, ParenthesisArguments = File, Arguments = [Key, new(ArgumentKind.Format, "value fmt")], Summary = "sets an entry of a map in memory", Build = r => new MapAction(r) },
        new() { Name = "del-map", ValidIn = RuleSets.AnyHttp, ParenthesisArguments = File, Arguments = [Key], Summary = "removes an entry from a map in memory", Build = r => new MapAction(r) },
    ];
}
