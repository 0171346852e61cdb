// The "cookie" line of a backend: how a client is kept with its server by a cookie.
using System.Collections.Generic;

namespace Baton.Configuration.Model;

public sealed record CookieConfig
{
    public required string Name { get; init; }
    public CookieMode Mode { get; init; }
    public bool Indirect { get; init; }
    public bool NoCache { get; init; }
    public bool PostOnly { get; init; }
    public bool Preserve { get; init; }
    public bool HttpOnly { get; init; }
    public bool Secure { get; init; }
    public bool Dynamic { get; init; }
    public List<string> Domains { get; init; } = [];
    public List<string> Attributes { get; init; } = [];

    /// <summary>Seconds; 0 when unset.</summary>
    public int MaxIdle { get; init; }
    public int MaxLife { get; init; }

    /// <summary>COMPAT: without any of these the log does not speak of the cookie, though it chooses the server.</summary>
    public bool IsActive => Mode != CookieMode.None || Indirect;
}
