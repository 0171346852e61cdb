// Handover of the keys of TLS session tickets that no file gives: clients resume with the next process what they began with this one.
using System.Collections.Generic;
using Baton.Core.Frames;
using Baton.Engine.Tls;

namespace Baton.Engine.Handover;

public sealed class TicketKeyParticipant : IAuthoritativeParticipant
{
    private byte[]? _told;
    private bool _tells;

    public string Name => "tls-ticket-keys";
    public int Version => 1;

    public void Begin(EngineState engine) =>
        _tells = engine.Certificates is { } store && !ReferenceEquals(store.TicketKeys.Keys[^1], _told);

    public bool WriteNext(EngineState engine, FrameWriter into, int room)
    {
        if (!_tells)
            return false;
        _tells = false;
        IReadOnlyList<byte[]> keys = engine.Certificates!.TicketKeys.Keys;
        _told = keys[^1];
        foreach (byte[] key in keys)
            into.Blob(key);
        return true;
    }

    public void Read(EngineState engine, ref FrameReader from)
    {
        var keys = new List<byte[]>();
        while (!from.AtEnd && !from.IsShort && keys.Count < TicketKeyRing.Kept)
            if (TicketKeyRing.Copy(from.Blob()) is { Length: TicketKeyRing.Long } key)
                keys.Add(key);
        if (keys.Count > 0)
            engine.Certificates?.TicketKeys.Take([.. keys]);
    }
}
