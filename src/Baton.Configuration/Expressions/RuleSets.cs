// The rule sets of the configuration language as flags: an action's row says in which of them it may stand.
namespace Baton.Configuration.Expressions;

/// <summary>Where an action may stand.</summary>
[System.Flags]
public enum RuleSets : ushort
{
    None = 0,
    TcpRequestConnection = 1,
    TcpRequestSession = 2,
    TcpRequestContent = 4,
    TcpResponseContent = 8,
    HttpRequest = 16,
    HttpResponse = 32,
    HttpAfterResponse = 64,
    Redirect = 128,
    Global = 256,
    QuicInitial = 512,

    /// <summary>No actions stand here, only conditions and names made of samples.</summary>
    UseBackend = 1024,
    UseServer = 2048,

    /// <summary>Variables between the steps of a health check.</summary>
    Check = 4096,
    AnyHttp = HttpRequest | HttpResponse | HttpAfterResponse,
    AnyTcp = TcpRequestConnection | TcpRequestSession | TcpRequestContent | TcpResponseContent,
}
