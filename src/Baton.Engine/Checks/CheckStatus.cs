// What came of a check. The numbers are those of the server-state file (srv_check_status), the order is HAProxy's.
namespace Baton.Engine.Checks;

public enum CheckStatus : byte
{
    Unknown = 0,
    Initializing = 1,
    Started = 2,

    /// <summary>An agent has answered, and not said whether the server is up.</summary>
    Checked = 3,
    HealthAnalyze = 4,
    SocketError = 5,
    Layer4Ok = 6,
    Layer4Timeout = 7,
    Layer4Connection = 8,
    Layer6Ok = 9,
    Layer6Timeout = 10,
    Layer6Response = 11,
    Layer7Timeout = 12,
    Layer7Response = 13,
    Layer7Ok = 15,
    Layer7OkConditional = 16,
    Layer7Status = 17,
    ProcessError = 18,
    ProcessTimeout = 19,
    ProcessOk = 20,
}
