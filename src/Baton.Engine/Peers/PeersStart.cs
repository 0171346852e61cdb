// What becomes of the peers sections when the process begins, hands over and ends.

namespace Baton.Engine.Peers;

public static class PeersStart
{
    /// <summary>The workers run, and what is set is set here. In the first worker's thread.</summary>
    public static void Begin(EngineState engine)
    {
        foreach (PeersState section in engine.Peers)
            section.Begin(engine.AwaitsTeaching);
    }

    /// <summary>Some thread: the next process serves, or (<paramref name="back"/>) does not after all.</summary>
    internal static void StepAside(EngineState engine, bool back)
    {
        if (engine.Peers.Count > 0)
            engine
                .Workers[0]
                .Post(_ =>
                {
                    foreach (PeersState section in engine.Peers)
                        if (back)
                            section.StepBack();
                        else
                            section.StepAside();
                });
    }

    /// <summary>A soft stop. In the first worker's thread.</summary>
    internal static void Stop(EngineState engine)
    {
        foreach (PeersState section in engine.Peers)
            section.Stop(teaches: !engine.Handover.HasEnded);
    }

    /// <summary>A successor is being taught.</summary>
    public static bool IsBusy(EngineState engine) => engine.Peers.Exists(static p => p.IsBusy);
}
