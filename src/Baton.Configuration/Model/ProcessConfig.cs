// The whole configuration: what one or several files say after validation. The only thing the engine is given.
using System.Collections.Generic;

namespace Baton.Configuration.Model;

public sealed class ProcessConfig
{
    public GlobalConfig Global { get; } = new();

    /// <summary>The variables that rules name.</summary>
    public Expressions.VariableNames Variables { get; set; } = new();

    /// <summary>Frontends, backends and listens in file order (defaults excluded).</summary>
    public List<ProxyConfig> Proxies { get; } = [];
    public List<UserListConfig> UserLists { get; } = [];
    public List<HttpErrorsConfig> HttpErrors { get; } = [];
}

public sealed class UserListConfig
{
    public required string Name { get; init; }
    public required SourcePosition Position { get; init; }

    /// <summary>Group name to its users.</summary>
    public Dictionary<string, List<string>> Groups { get; } = [];
    public Dictionary<string, UserConfig> Users { get; } = [];
}

/// <summary>Password is a crypt(3) hash unless Insecure.</summary>
public sealed record UserConfig(string Name, string Password, bool Insecure, List<string> Groups, SourcePosition Position);
