// set-src, set-dst and their ports at the level of one stream: they hide the connection's addresses for as long as it lasts, and
// the next request on the connection sees the real ones.
using Baton.Core.Frames;
using Baton.Engine.Connections;

namespace Baton.Engine.Streams;

/// <summary>Addresses that rules gave a stream in place of its connection's.</summary>
internal struct OwnAddresses
{
    public SocketAddress Source,
        Destination;
    public bool HasSource,
        HasDestination;

    public readonly void WriteTo(FrameWriter w)
    {
        w.Flag(HasSource);
        if (HasSource)
            Source.WriteTo(w);
        w.Flag(HasDestination);
        if (HasDestination)
            Destination.WriteTo(w);
    }

    /// <summary>An older process wrote none.</summary>
    public void ReadFrom(ref FrameReader r)
    {
        if (r.AtEnd)
            return;
        HasSource = r.Flag();
        if (HasSource)
            Source = SocketAddress.ReadFrom(ref r);
        HasDestination = r.Flag();
        if (HasDestination)
            Destination = SocketAddress.ReadFrom(ref r);
    }
}
