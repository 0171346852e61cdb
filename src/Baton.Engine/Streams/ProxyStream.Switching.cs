// Which backend a stream goes to.
using System;
using Baton.Engine.Proxies;
using Baton.Engine.Rules;

namespace Baton.Engine.Streams;

public abstract partial class ProxyStream
{
    /// <summary>The first use_backend rule that holds, or default_backend; null when what they name does not serve ("disabled").</summary>
    protected BackendState? SelectBackend()
    {
        foreach (BackendSwitch rule in Frontend.Switches)
        {
            bool holds = rule.Condition is null || rule.Condition.Holds(this);
            Worker.Engine.Trace?.Switch(this, rule, holds);
            if (!holds)
                continue;
            if (rule.Name is not { } made)
                return rule.Backend;
            Span<byte> name = Worker.Scratch.OutputSpan[..256];
            name = name[..made.Write(this, name)];
            // no other rule is looked at: a name that is nobody's means the default
            if (Worker.Engine.FindBackend(name) is { } found)
                return found;
            return Worker.Engine.IsDisabledBackend(name) ? null : Frontend.DefaultBackend;
        }
        return Frontend.DefaultBackend;
    }
}
