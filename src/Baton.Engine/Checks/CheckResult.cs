// What a check's outcome means for the server; the numbers are those of the server-state file (srv_check_result).
namespace Baton.Engine.Checks;

public enum CheckResult : byte
{
    Unknown = 0,
    Neutral = 1,
    Failed = 2,
    Passed = 3,
    Conditional = 4,
}
