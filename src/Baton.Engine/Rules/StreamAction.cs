// The base of the actions that do not care whether a stream carries HTTP.
using Baton.Engine.Streams;

namespace Baton.Engine.Rules;

/// <summary>An action that does the same on every kind of stream, and where only a connection exists yet.</summary>
public abstract class StreamAction : RuleAction
{
    public sealed override Verdict Run(HttpStream stream) => RunOn(stream);

    public abstract override Verdict RunOn(ProxyStream stream);
}
