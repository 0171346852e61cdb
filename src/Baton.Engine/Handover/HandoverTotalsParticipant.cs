// Handover of what reloads have come to so far (HandoverTotals).
using Baton.Core.Frames;

namespace Baton.Engine.Handover;

public sealed class HandoverTotalsParticipant : IAuthoritativeParticipant
{
    private int _told = -1;

    public string Name => "handover-totals";
    public int Version => 1;

    public void Begin(EngineState engine) { }

    /// <summary>One piece, whole.</summary>
    public bool WriteNext(EngineState engine, FrameWriter into, int room)
    {
        int revision = engine.Reloads.Totals.Revision;
        if (_told == revision)
            return false;
        _told = revision;
        engine.Reloads.Totals.WriteTo(into);
        return true;
    }

    public void Read(EngineState engine, ref FrameReader from) => engine.Reloads.Totals.ReadFrom(ref from);
}
