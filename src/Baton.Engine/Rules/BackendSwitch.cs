// use_backend and default_backend: which backend a stream goes to.
using System;
using Baton.Configuration.Model;
using Baton.Engine.Acls;
using Baton.Engine.Logs;
using Baton.Engine.Proxies;
using Baton.Engine.Streams;

namespace Baton.Engine.Rules;

/// <summary>A use_backend line: a fixed backend (null when it is disabled), or a name made for each request.</summary>
public sealed record BackendSwitch(Condition? Condition, BackendState? Backend, FormattedText? Name)
{
    public SourcePosition Position { get; init; }

    /// <summary>The first use_backend rule that holds, or default_backend; null when what they name does not serve ("disabled").
    /// Rules that name a backend that is not published are passed over.</summary>
    public static BackendState? Select(ProxyStream stream)
    {
        FrontendState frontend = stream.Frontend;
        EngineState engine = stream.Worker.Engine;
        foreach (BackendSwitch rule in frontend.Switches)
        {
            bool holds = rule.Condition is null || rule.Condition.Holds(stream);
            engine.Trace?.Switch(stream, rule, holds);
            if (!holds)
                continue;
            if (rule.Name is not { } made)
            {
                if (rule.Backend is { IsPublished: false })
                    continue;
                return rule.Backend;
            }
            Span<byte> name = stream.Worker.Scratch.OutputSpan[..256];
            name = name[..made.Write(stream, name)];
            // no other rule is looked at: a name that is nobody's means the default
            if (engine.FindBackend(name) is not { } found)
                return engine.IsDisabledBackend(name) ? null : Default(frontend);
            if (found.IsPublished)
                return found;
        }
        return Default(frontend);
    }

    /// <summary>COMPAT: what "unpublish backend" says is for rules; a listen section always has itself.</summary>
    private static BackendState? Default(FrontendState frontend) =>
        frontend.DefaultBackend is { IsPublished: false } hidden && hidden.Config != frontend.Config ? null : frontend.DefaultBackend;
}
