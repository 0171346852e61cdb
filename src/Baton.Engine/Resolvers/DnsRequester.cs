// Who wants to know what a name stands for, again and again.
namespace Baton.Engine.Resolvers;

/// <summary>OWNER: the first worker, under the section's gate.</summary>
internal abstract class DnsRequester
{
    /// <summary>There is an answer, perhaps the same as before.</summary>
    /// <param name="by">Who gave it, for the log.</param>
    public abstract void OnValid(Resolution resolution, string by);

    /// <summary>There was none, and the last one does not hold any longer.</summary>
    public abstract void OnFailure(Resolution resolution, DnsStatus status);
}
