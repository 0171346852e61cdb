// Handover of TLS sessions that clients resume by their number: those that began with the old process, to its end, go on with the next.
using System;
using System.Security.Cryptography;
using Baton.Core.Frames;
using Baton.Engine.Tls;

namespace Baton.Engine.Handover;

public sealed class SessionCacheParticipant : IAdditiveParticipant
{
    private long _place;

    public string Name => "tls-sessions";
    public int Version => 1;

    public void Begin(EngineState engine) { }

    public bool WriteNext(EngineState engine, FrameWriter into, int room)
    {
        if (engine.Certificates?.Sessions is not { IsOff: false, IsPrivate: false } cache)
            return false;
        Span<byte> id = stackalloc byte[SessionCache.LongestId],
            session = stackalloc byte[SessionCache.LongestSession];
        bool any = false;
        while (room > 0 && cache.Walk(ref _place, id, out int idLength, session) is var length and > 0)
        {
            into.Blob(id[..idLength]);
            into.Blob(session[..length]);
            room -= idLength + length + 8;
            any = true;
        }
        CryptographicOperations.ZeroMemory(session);
        return any;
    }

    public void Read(EngineState engine, ref FrameReader from)
    {
        SessionCache? cache = engine.Certificates?.Sessions;
        while (!from.AtEnd && !from.IsShort)
        {
            ReadOnlySpan<byte> id = from.Blob(),
                session = from.Blob();
            if (!from.IsShort && cache is { IsOff: false, IsPrivate: false })
                cache.Add(id, session, isInherited: true);
        }
    }
}
