// set-header, add-header, del-header, set-path.
using System;
using System.Text;
using Baton.Configuration.Expressions;
using Baton.Engine.Logs;
using Baton.Engine.Streams;

namespace Baton.Engine.Rules;

internal sealed class HeaderAction(RuleConfig rule, HeaderAction.Kind kind) : RuleAction
{
    internal enum Kind : byte { Set, Add, Delete, SetPath }

    private readonly byte[] _name = Encoding.ASCII.GetBytes(rule.Arguments[0].Text);
    private readonly FormattedText? _value = kind == Kind.Delete ? null : new FormattedText((LogFormatConfig)rule.Arguments[^1].Value!);

    public override Verdict Run(HttpStream stream)
    {
        Span<byte> text = stream.Worker.Scratch.TextSpan[32768..];
        ReadOnlySpan<byte> value = _value is null ? default : text[.._value.Write(stream, text)];
        bool done = stream.EditRequest(kind, _name, value);
        if (!done) stream.Frontend.Counters[stream.Worker.Index].FailedRewrites++;
        return Verdict.Continue;
    }

    private static readonly ArgumentSpec[] NameAndFormat = [new(ArgumentKind.String, "name"), new(ArgumentKind.Format, "fmt")];

    internal static readonly EngineAction[] Rows =
    [
        new() { Name = "set-header", ValidIn = RuleSets.HttpRequest, Arguments = NameAndFormat, Summary = "replaces a header", Build = r => new HeaderAction(r, Kind.Set) },
        new() { Name = "add-header", ValidIn = RuleSets.HttpRequest, Arguments = NameAndFormat, Summary = "adds a header line", Build = r => new HeaderAction(r, Kind.Add) },
        new() { Name = "del-header", ValidIn = RuleSets.HttpRequest, Arguments = [new(ArgumentKind.String, "name")], Summary = "removes a header", Build = r => new HeaderAction(r, Kind.Delete) },
        new() { Name = "set-path", ValidIn = RuleSets.HttpRequest, Arguments = [new(ArgumentKind.Format, "fmt")], Summary = "replaces the path, keeping the query", Build = r => new HeaderAction(r, Kind.SetPath) },
    ];
}
