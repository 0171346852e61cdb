using Baton.Engine.Streams;

namespace Baton.Engine.Rules;

/// <summary>An action with its arguments made ready.</summary>
public abstract class RuleAction
{
    public abstract Verdict Run(HttpStream stream);

    /// <summary>The same on a stream of any kind; only actions of the tcp rule sets are asked.</summary>
    public virtual Verdict RunOn(ProxyStream stream) => Run((HttpStream)stream);
}
