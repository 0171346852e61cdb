using Baton.Configuration.Model;
using Baton.Engine.Acls;
using Baton.Engine.Logs;
using Baton.Engine.Proxies;

namespace Baton.Engine.Rules;

/// <summary>A use_backend line: a fixed backend (null when it is disabled), or a name made for each request.</summary>
public sealed record BackendSwitch(Condition? Condition, BackendState? Backend, FormattedText? Name)
{
    public SourcePosition Position { get; init; }
}
