// Something worth keeping over a reload. Each participant is one file beside what it keeps; Participants.cs lists them. There
// are two kinds, because at any moment one process decides what is set: what somebody sets is told until the next process takes
// over and never again; what adds up is told until the old process leaves.
using Baton.Core.Frames;

namespace Baton.Engine.Handover;

public interface IHandoverParticipant
{
    /// <summary>Its name in the protocol; never changes.</summary>
    string Name { get; }

    /// <summary>Of its own format. A reader skips a version it does not know.</summary>
    int Version { get; }

    /// <summary>Begins to tell: all there is the first time, what has changed since then afterwards.</summary>
    void Begin(EngineState engine);

    /// <summary>
    /// Writes the next piece of what is to be told, about <paramref name="room"/> bytes at most, which a reader can take by itself.
    /// False, and nothing written, when there is no more. Called on the handover's thread, beside traffic: a piece takes no lock for
    /// longer than a moment.
    /// </summary>
    bool WriteNext(EngineState engine, FrameWriter into, int room);

    /// <summary>Takes a piece over, in the first worker's thread or before it runs. Never throws; what does not fit the configuration is
    /// dropped.</summary>
    void Read(EngineState engine, ref FrameReader from);
}
