// A userlist section: users with their passwords and groups.
using System.Collections.Generic;

namespace Baton.Configuration.Model;

public sealed class UserListConfig
{
    public required string Name { get; init; }
    public required SourcePosition Position { get; init; }

    /// <summary>Group name to its users.</summary>
    public Dictionary<string, List<string>> Groups { get; } = [];
    public Dictionary<string, UserConfig> Users { get; } = [];
}
