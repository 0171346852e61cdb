// Which backend a stream goes to.
using System;
using Baton.Engine.Proxies;
using Baton.Engine.Rules;

namespace Baton.Engine.Streams;

public abstract partial class ProxyStream
{
    /// <summary>use_backend rules in order, then default_backend.</summary>
    protected BackendState? SelectBackend()
    {
        foreach (BackendSwitch rule in Frontend.Switches)
        {
            if (rule.Condition is not null && !rule.Condition.Holds(this)) continue;
            if (rule.Backend is not null) return rule.Backend;
            Span<byte> name = Worker.Scratch.OutputSpan[..256];
            if (Worker.Engine.FindBackend(name[..rule.Name!.Write(this, name)]) is { } found) return found;
        }
        return Frontend.DefaultBackend;
    }
}
