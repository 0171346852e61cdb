// What a "filter" line says, and what it makes for a stream.
using Baton.Configuration.Model;

namespace Baton.Engine.Filters;

/// <summary>Frozen once read; shared by the workers.</summary>
public abstract class StreamFilterConfig : FilterConfig
{
    /// <summary>One more object for a stream.</summary>
    public abstract StreamFilter Create();

    /// <summary>The process begins to serve with it.</summary>
    /// <param name="proxy">The name of the section it stands in.</param>
    public virtual void Started(string proxy) { }
}
