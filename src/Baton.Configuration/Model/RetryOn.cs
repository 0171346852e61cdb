// The failures after which a request may be sent again: the words of "retry-on".
namespace Baton.Configuration.Model;

/// <summary>"retry-on" events.</summary>
[System.Flags]
public enum RetryOn : uint
{
    None = 0,
    ConnFailure = 1,
    EmptyResponse = 2,
    JunkResponse = 4,
    ResponseTimeout = 8,
    EarlyData = 16,
    Status401 = 1 << 8,
    Status403 = 1 << 9,
    Status404 = 1 << 10,
    Status408 = 1 << 11,
    Status421 = 1 << 12,
    Status425 = 1 << 13,
    Status429 = 1 << 14,
    Status500 = 1 << 15,
    Status501 = 1 << 16,
    Status502 = 1 << 17,
    Status503 = 1 << 18,
    Status504 = 1 << 19,
    DisableL7 = 1u << 31,

    /// <summary>all-retryable-errors of the manual.</summary>
    AllRetryable = ConnFailure | EmptyResponse | JunkResponse | ResponseTimeout | EarlyData | Status500 | Status502 | Status503 | Status504,
}
