// Connections of one worker on their way to the next process: taken out of the loop, written down, and kept whole until
// the other side has claimed them. What is refused goes back to where it was.
using System;
using System.Collections.Generic;
using Baton.Core.Frames;
using Baton.Engine.Connections;
using Baton.Engine.Loop;
using Baton.Engine.Servers;

namespace Baton.Engine.Handover;

/// <summary>Filled, sent and finished on the worker's own thread, again and again.</summary>
public sealed class DepartureBatch(Worker worker, int maxItems, int maxDescriptors, int maxBytes)
{
    private readonly List<Connection> _items = [];
    private readonly List<int> _descriptors = [];
    private readonly FrameWriter _payload = new();

    public Worker Worker => worker;
    public int Count => _items.Count;

    /// <summary>u32 count, then the items.</summary>
    public ReadOnlySpan<byte> Payload => _payload.Written;
    public ReadOnlySpan<int> Descriptors => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_descriptors);

    private static readonly Action<Connection> s_depart = static c =>
    {
        if (c is ClientConnection client)
            client.Depart();
        else
            ((ServerConnection)c).Depart();
    };
    private static readonly Action<Connection> s_return = static c =>
    {
        if (c is ClientConnection client)
            client.Thaw(refused: true);
        else
            ((ServerConnection)c).Thaw();
    };

    private bool IsFull => _items.Count >= maxItems || Room < 2 || _payload.Length >= maxBytes;

    /// <summary>Descriptors that the batch still takes.</summary>
    private int Room => maxDescriptors - _descriptors.Count;

    /// <summary>
    /// Takes from the worker what can move now: idle server connections first, so that the clients behind them find them
    /// there, then clients that have just become idle, then the others.
    /// </summary>
    public void Fill()
    {
        _descriptors.Clear();
        _payload.Clear();
        _payload.Int32(0);
        foreach (Proxies.BackendState backend in worker.Engine.Backends)
        foreach (ServerState server in backend.Servers)
            FillFromPool(server);
        while (!IsFull && worker.TakeHeld(Room) is { } held)
            Add(held, held.MovesAs);
        for (ClientConnection? c = worker.FirstClient; c is not null && !IsFull; )
        {
            ClientConnection? next = c.NextClient;
            MovedKind kind = c.Movable;
            if (kind != MovedKind.None && c.DescriptorCount <= Room)
            {
                c.Freeze(kind);
                Add(c, kind);
            }
            c = next;
        }
        _payload.PatchInt32(0, _items.Count);
    }

    /// <summary>No more idle connections than the server ever had sessions: a process that lives for a tenth of a second never purges its
    /// pool.</summary>
    private void FillFromPool(ServerState server)
    {
        while (server.Pools.Find(worker.Index) is { Count: > 0 } pool && !IsFull)
        {
            ServerConnection idle = pool[pool.Count - 1];
            if (!IsMovable(idle) || !server.MayMoveIdle())
            {
                idle.Discard();
                continue;
            }
            idle.Freeze();
            Add(idle, MovedKind.IdleServer);
        }
    }

    private bool IsMovable(ServerConnection idle) =>
        (idle.Mux is null || idle.Mux.IsMovable && worker.Engine.Handover.NextTakesStreams)
        && (idle.Transport is null || idle.Transport.IsMovable && worker.Engine.Handover.NextReadsLayers);

    private void Add(Connection connection, MovedKind kind)
    {
        _items.Add(connection);
        int item = _payload.BeginRecord();
        _payload.Byte((byte)kind);
        if (connection is ClientConnection client)
            ClientImage.Write(client, _payload, _descriptors, kind);
        else
            ((ServerConnection)connection).Describe(_payload, _descriptors);
        _payload.EndRecord(item);
    }

    /// <summary>Takes everything back, to be offered again. On the worker's thread.</summary>
    public void Withdraw()
    {
        foreach (Connection item in _items)
            worker.Guard(item, static c =>
            {
                if (c is ClientConnection client)
                    client.Thaw(refused: false);
                else
                    ((ServerConnection)c).Thaw();
            });
        _items.Clear();
        _payload.Clear();
    }

    /// <summary>Lets go of what was claimed (1) and takes the rest back (0). On the worker's thread.</summary>
    public void Finish(ReadOnlySpan<byte> claimed)
    {
        for (int i = 0; i < _items.Count; i++)
        {
            bool gone = i < claimed.Length && claimed[i] == 1;
            worker.Guard(_items[i], gone ? s_depart : s_return);
        }
        _items.Clear();
        _payload.Clear();
    }
}
