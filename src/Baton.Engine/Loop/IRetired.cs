namespace Baton.Engine.Loop;

/// <summary>
/// A pooled object whose life has ended while frames that use it may still be on the stack: it goes back to its pool when the
/// handler that runs has returned, and not before (<see cref="Worker.Retire"/>).
/// </summary>
public interface IRetired
{
    /// <summary>In the run queue: it goes back when its turn there has come.</summary>
    bool IsQueued { get; }

    void ReturnToPool();
}
