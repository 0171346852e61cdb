namespace Baton.Configuration.Model;

/// <summary>What one "http-check" or "tcp-check" line does.</summary>
public enum CheckRuleKind : byte
{
    Comment,
    Connect,
    Send,
    Expect,
    Variable,
}
