// What makes many streams of one connection, as a layer of that connection's image.
using Baton.Core.Frames;

namespace Baton.Engine.Connections;

/// <summary>A mux on its way to the next process.</summary>
public interface IMuxLayer
{
    /// <summary>Its number among the layers of an image (docs/handover-protocol.md).</summary>
    byte LayerType { get; }

    /// <summary>It can be written down now.</summary>
    bool IsMovable { get; }

    /// <summary>Writes what the next process needs to go on.</summary>
    void WriteTo(FrameWriter w);
}
