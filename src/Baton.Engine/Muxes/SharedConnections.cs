// Which of a server's connections with streams a request may join: those of its own client, and as http-reuse says those of others.
// COMPAT: "safe" keeps a connection to the client whose stream it was made or taken for until it has none, since whoever does not read on
// one stream may hold up the others; "aggressive" shares with everybody what has proven to serve more than one request, "always" all.
using Baton.Configuration.Model;
using Baton.Engine.Connections;
using Baton.Engine.Servers;
using Baton.Engine.Streams;

namespace Baton.Engine.Muxes;

internal static class SharedConnections
{
    /// <summary>One with room for the stream, null when there is none.</summary>
    public static ServerConnection? Find(HttpStream stream, ServerState server, ulong nameKey, bool isForOneClient)
    {
        HttpReuse reuse = stream.Backend!.Config.HttpReuse;
        foreach (ServerConnection c in server.Pools[stream.Worker.Index].Shared)
        {
            if (!c.HasRoom || c.NameKey != nameKey || c.MadeFor != server.Endpoint)
                continue;
            bool isForAll =
                !c.IsPrivate
                && !isForOneClient
                && !c.Marks.IsAny
                && !stream.Connecting.Marks.IsAny
                && (reuse == HttpReuse.Always || reuse == HttpReuse.Aggressive && c.Reuses > 0);
            if (c.IsUsedBy(stream.Session) ? stream.Delivery.LeadsToTarget(c) : isForAll)
                return c;
        }
        return null;
    }

    /// <summary>A connection is being set up that the stream may join when that is done: it makes none of its own meanwhile.</summary>
    public static bool IsComing(HttpStream stream, ServerState server, ulong nameKey, bool isForOneClient)
    {
        IdlePool pool = server.Pools[stream.Worker.Index];
        if (
            pool.Awaited.Count == 0
            || pool.JoiningCount >= (long)pool.Awaited.Count * stream.Worker.Engine.Config.Global.Http2.StreamsOfServer
        )
            return false;
        bool isForAll = stream.Backend!.Config.HttpReuse == HttpReuse.Always && !isForOneClient && !stream.Connecting.Marks.IsAny;
        foreach (ServerConnection c in pool.Awaited)
            if (
                c.NameKey == nameKey
                && c.MadeFor == server.Endpoint
                && c.Marks == stream.Connecting.Marks
                && (isForAll || c.IsUsedBy(stream.Session))
            )
                return true;
        return false;
    }
}
