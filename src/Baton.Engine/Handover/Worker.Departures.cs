// A worker's side of giving its connections away.
using System.Collections.Generic;
using Baton.Engine.Connections;

namespace Baton.Engine.Loop;

public sealed partial class Worker
{
    private readonly Queue<ClientConnection> _held = new();

    /// <summary>Keeps a connection that has just become idle out of the loop until the handover's thread collects it.</summary>
    internal void Hold(ClientConnection client)
    {
        client.Freeze(client.MovesAs);
        _held.Enqueue(client);
        Engine.Handover.SignalDeparture();
    }

    /// <summary>The next of them; null when there is none, or not for so many descriptors.</summary>
    internal ClientConnection? TakeHeld(int descriptors) =>
        _held.TryPeek(out ClientConnection? client) && client.DescriptorCount <= descriptors ? _held.Dequeue() : null;

    /// <summary>The handover is over, or rests: what was held goes on here.</summary>
    internal void ThawHeld(bool refused)
    {
        while (_held.TryDequeue(out ClientConnection? client))
            client.Thaw(refused);
    }
}
