namespace Baton.Engine.Loop;

/// <summary>An entry of the worker's run queue, linked through itself.</summary>
public interface IRunnable
{
    IRunnable? NextQueued { get; set; }
    bool IsQueued { get; set; }

    /// <summary>Its turn. A pooled object whose life has ended meanwhile goes back to its pool now.</summary>
    void RunQueued();

    /// <summary>Its handler failed in the middle: end what it stands for.</summary>
    void Abandon();

    /// <summary>There was no memory for it: it ends. Throws nothing.</summary>
    void EndForMemory();
}
