namespace Baton.Configuration.Model;

/// <summary>What the checks of a backend say to its servers, by the "option" lines.</summary>
public enum CheckKind : byte
{
    /// <summary>Nothing: a connection is enough.</summary>
    Connect,
    Http,
    Tcp,
    SslHello,
    Smtp,
    Redis,
    Ldap,
    PgSql,
    MySql,
    Spop,

    /// <summary>A program says it.</summary>
    External,

    /// <summary>What "agent-check" does; no backend's "option" line says it.</summary>
    Agent,
}
