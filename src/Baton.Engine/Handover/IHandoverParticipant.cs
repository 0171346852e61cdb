// Something worth keeping over a reload. Each participant is one file beside what it keeps; Participants.cs lists them.
using Baton.Core.Frames;

namespace Baton.Engine.Handover;

public interface IHandoverParticipant
{
    /// <summary>Its name in the protocol; never changes.</summary>
    string Name { get; }

    /// <summary>Of its own format. A reader skips a version it does not know.</summary>
    int Version { get; }

    /// <summary>
    /// Writes the state of the leaving process. Called again and again until it leaves: what adds up (counters) is written
    /// as what came since the last call, the rest whole. False when there is nothing to say.
    /// </summary>
    bool Write(EngineState engine, FrameWriter into);

    /// <summary>Takes the state over, in the first worker's thread or before it runs. Never throws; what does not fit the configuration is dropped.</summary>
    void Read(EngineState engine, ref FrameReader from);
}
