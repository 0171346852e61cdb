// All streams on one server at a time, on whichever worker they are.
using Baton.Engine.Connections;
using Baton.Engine.Muxes;
using Baton.Engine.Servers;
using Baton.Engine.Streams;

namespace Baton.Engine.Proxies;

internal static class ServerSessions
{
    /// <summary>Ends them soon, each on its worker (on-marked-down, on-marked-up).</summary>
    public static void End(ServerState server, TerminationCause cause)
    {
        if (server.CurrentSessions == 0)
            return;
        server.Backend.Engine.OnEachWorker(w =>
            w.EachClient(c =>
            {
                foreach (ProxyStream stream in ClientStreams.Of(c))
                    if (stream.Server == server)
                        stream.Kill(cause);
            })
        );
    }
}
