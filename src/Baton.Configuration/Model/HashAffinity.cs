// What "hash-preserve-affinity" may say of full servers.
namespace Baton.Configuration.Model;

/// <summary>"hash-preserve-affinity": when a key may leave its server. Always: never; MaxConn: when the server is full; MaxQueue: when its
/// queue is full too.</summary>
public enum HashAffinity : byte
{
    Always,
    MaxConn,
    MaxQueue,
}
