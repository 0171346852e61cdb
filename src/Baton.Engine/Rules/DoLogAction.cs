using Baton.Configuration.Expressions;
using Baton.Engine.Streams;

namespace Baton.Engine.Rules;

/// <summary>do-log: a log line here and now, beside the one the stream has at its end.</summary>
internal sealed class DoLogAction : StreamAction
{
    public override Verdict RunOn(ProxyStream stream)
    {
        if (stream.Log.Level != StreamLog.Silent)
            stream.Frontend.Log?.EmitNow(stream);
        return Verdict.Continue;
    }

    internal static readonly EngineAction[] Rows =
    [
        new()
        {
            Name = "do-log",
            ValidIn = RuleSets.AnyTcp | RuleSets.AnyHttp,
            Summary = "writes a log line now",
            Build = _ => new DoLogAction(),
        },
    ];
}
