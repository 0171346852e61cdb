// http-request early-hint NAME FMT: a header of a 103 answer that goes out before any other (RFC 8297). Rules that follow each
// other without a condition share one answer.
using System;
using System.Text;
using Baton.Configuration.Expressions;
using Baton.Engine.Logs;
using Baton.Engine.Streams;

namespace Baton.Engine.Rules;

internal sealed class EarlyHintAction(RuleConfig rule) : RuleAction
{
    private readonly byte[] _name = Encoding.ASCII.GetBytes(rule.Arguments[0].Text);
    private readonly FormattedText _value = new((LogFormatConfig)rule.Arguments[1].Value!);

    /// <summary>The next rule adds to the same answer.</summary>
    public bool IsContinued { get; set; }

    public override Verdict Run(HttpStream stream)
    {
        Span<byte> area = stream.Worker.Scratch.OutputSpan;
        int half = area.Length / 2,
            length = _value.Write(stream, area[..half]);
        return stream.Interim.SendHint(_name, area[..length], !IsContinued, area[half..]) ? Verdict.Continue : Verdict.Refused;
    }

    internal static readonly EngineAction[] Rows =
    [
        new()
        {
            Name = "early-hint",
            ValidIn = RuleSets.HttpRequest,
            Summary = "sends a 103 answer with a header",
            Build = r => new EarlyHintAction(r),
            Arguments = [new(ArgumentKind.String, "name"), new(ArgumentKind.Format, "fmt")],
        },
    ];
}
