// The statistics page of a section: what its "stats" lines say. Sections share that of their defaults until they say something.
using System.Collections.Generic;
using Baton.Configuration.Expressions;

namespace Baton.Configuration.Model;

public sealed class StatsConfig
{
    public const string DefaultUri = "/haproxy?stats",
        DefaultRealm = "HAProxy Statistics";

    public required SourcePosition Position { get; init; }

    /// <summary>What the target of a request for the page begins with.</summary>
    public string Uri { get; set; } = DefaultUri;

    /// <summary>Null: the usual one.</summary>
    public string? Realm { get; set; }

    /// <summary>"stats auth": who may see it; nobody means everybody.</summary>
    public List<(string Name, string Password)> Users { get; private set; } = [];

    /// <summary>How often viewers are to look again, 0 for not by themselves.</summary>
    public int RefreshSeconds { get; set; }
    public bool HideVersion { get; set; }
    public bool ShowLegends { get; set; }
    public bool ShowModules { get; set; }

    /// <summary>Null: not shown; empty: that of the global section.</summary>
    public string? Node { get; set; }
    public string? Description { get; set; }

    /// <summary>Names of the sections that are shown, "." for the page's own; none means all.</summary>
    public List<string> Scopes { get; private set; } = [];

    /// <summary>"stats admin": the first condition that holds permits changes.</summary>
    public List<AclConditionConfig> Admin { get; private set; } = [];

    /// <summary>"stats http-request" rules.</summary>
    public List<RuleConfig> Rules { get; private set; } = [];

    /// <summary>For a defaults section that begins with another's.</summary>
    internal StatsConfig Copy()
    {
        var copy = (StatsConfig)MemberwiseClone();
        (copy.Users, copy.Scopes, copy.Admin, copy.Rules) = ([.. Users], [.. Scopes], [.. Admin], [.. Rules]);
        return copy;
    }
}
