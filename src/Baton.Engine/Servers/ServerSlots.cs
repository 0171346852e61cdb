// Passing a server's slot from a stream that ends to the one that waits longest.
using Baton.Configuration.Model;
using Baton.Engine.Loop;
using Baton.Engine.Proxies;
using Baton.Engine.Queues;
using Baton.Engine.Streams;

namespace Baton.Engine.Servers;

public static class ServerSlots
{
    /// <summary>
    /// Frees one slot and grants what is free to waiting streams: the server's own queue first, then the backend's. A
    /// stream of another worker is woken through its inbox, with the slot already taken for it.
    /// </summary>
    public static void GiveBackSlot(this ServerState server, Worker current)
    {
        BackendState backend = server.Backend;
        ProxyStream? next;
        using (backend.Gate.Enter())
        {
            server.Served--;
            backend.Balancer.Released(server);
            next = server.Queue.Count == 0 && backend.Queue.Count == 0 ? null : TakeNext(server, backend);
        }
        if (next is not null)
            Grant(next, server, current);
        // the next process has requests waiting for it
        else if (server.MaxConn > 0 && current.Engine.Handover.IsUnderWay)
            current.Engine.Handover.NoteSlots();
    }

    /// <summary>After a change of limits or states: hands out every slot that is free now.</summary>
    public static void ServeQueue(this ServerState server, Worker? current)
    {
        while (true)
        {
            BackendState backend = server.Backend;
            ProxyStream? next;
            using (backend.Gate.Enter())
                next = TakeNext(server, backend);
            if (next is null)
                return;
            Grant(next, server, current);
        }
    }

    /// <summary>
    /// A server went down: whoever waits for it and may go elsewhere (option redispatch) chooses anew. How many did.
    /// </summary>
    public static int Requeue(this ServerState server)
    {
        BackendState backend = server.Backend;
        if (backend.Config.RedispatchAfter == 0 || (backend.Config.Options & ProxyOptions.Persist) != 0)
            return 0;
        int count = 0;
        using (backend.Gate.Enter())
        {
            for (QueuePlace? place = server.Queue.Peek(); place is not null; )
            {
                QueuePlace? next = place.Next;
                ProxyStream stream = place.Stream;
                if (!stream.Choice.ForcePersist)
                {
                    server.Queue.Remove(place);
                    uint life = stream.SequenceNumber;
                    stream.Worker.Post(_ => stream.Choice.MakeAnew(life));
                    count++;
                }
                place = next;
            }
        }
        return count;
    }

    private static ProxyStream? TakeNext(ServerState server, BackendState backend)
    {
        if (!server.IsRunning || !server.HasFreeSlot)
            return null;
        QueuePlace? next = server.Queue.Peek();
        QueuePlace? any = server.IsUsable ? backend.Queue.Peek() : null;
        if (next is null || any is not null && any.Key < next.Key)
            next = any;
        if (next is null)
            return null;
        next.In!.Take(next);
        server.Served++;
        return next.Stream;
    }

    /// <summary>Always by inbox, also to the same worker: the granting stream is in the middle of ending.</summary>
    private static void Grant(ProxyStream stream, ServerState server, Worker? current) =>
        stream.Worker.Post(server.Backend.Grants.Rent(stream, server));
}
