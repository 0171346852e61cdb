// Who waits for a connection that is being set up, to share it.
namespace Baton.Engine.Servers;

/// <summary>A stream, as the pool of its server knows it.</summary>
internal interface IJoining
{
    /// <summary>What was waited for has come, or will not. <paramref name="sequence"/>: the life that waited.</summary>
    void GoOnConnecting(uint sequence);
}
