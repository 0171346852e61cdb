// What chooses the server of a backend.
namespace Baton.Configuration.Model;

/// <summary>Each is a class of its own in the engine.</summary>
public enum BalancerKind : byte
{
    RoundRobin,
    StaticRoundRobin,
    LeastConnections,
    FirstAvailable,
    Random,
    Hash,
}
