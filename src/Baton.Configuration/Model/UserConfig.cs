// A "user" line of a userlist.
using System.Collections.Generic;

namespace Baton.Configuration.Model;

/// <summary>Password is a crypt(3) hash unless Insecure.</summary>
public sealed record UserConfig(string Name, string Password, bool Insecure, List<string> Groups, SourcePosition Position);
