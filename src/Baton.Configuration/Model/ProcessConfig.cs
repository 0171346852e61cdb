// The whole configuration: what one or several files say after validation. The only thing the engine is given.
using System.Collections.Generic;

namespace Baton.Configuration.Model;

public sealed class ProcessConfig
{
    public GlobalConfig Global { get; } = new();

    /// <summary>The variables that rules name.</summary>
    public Expressions.VariableNames Variables { get; set; } = new();

    /// <summary>What its fetches ask of TLS.</summary>
    public Expressions.TlsUses TlsUses { get; set; }

    /// <summary>Frontends, backends and listens in file order (defaults excluded).</summary>
    public List<ProxyConfig> Proxies { get; } = [];

    /// <summary>The named defaults sections, for backends that are added at run time.</summary>
    public List<ProxyConfig> Defaults { get; } = [];
    public List<UserListConfig> UserLists { get; } = [];
    public List<HttpErrorsConfig> HttpErrors { get; } = [];
    public List<ResolversConfig> Resolvers { get; } = [];
    public List<PeersConfig> Peers { get; } = [];
    public List<MailersConfig> Mailers { get; } = [];
    public List<HealthCheckSection> HealthChecks { get; } = [];

    /// <summary>Every stick table: of peers sections as they are read, then those of proxies once all is read.</summary>
    public List<StickTableConfig> StickTables { get; } = [];

    public StickTableConfig? FindStickTable(string name) => StickTables.Find(t => t.Name == name);

    /// <summary>The section is there, or is made from the system's name servers ("default").</summary>
    public bool HasResolvers(string name) => Resolvers.Exists(r => r.Name == name);
}
