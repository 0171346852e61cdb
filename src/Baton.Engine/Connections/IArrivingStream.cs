// A stream of a client's connection that comes from the previous process, as the connection's mux knows it.
using Baton.Core.Frames;
using Baton.Engine.Loop;

namespace Baton.Engine.Connections;

/// <summary>Read and judged with its connection; adopted by the mux of that.</summary>
public interface IArrivingStream
{
    /// <summary>Its server's connection, alive again; null when there is no memory for it. <paramref name="r"/>: what the stream looked
    /// like.</summary>
    ServerConnection? Open(Worker worker, out FrameReader r);
}
