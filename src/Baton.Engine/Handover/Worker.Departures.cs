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
        client.Freeze(Handover.MovedKind.Client);
        _held.Enqueue(client);
        Engine.Handover.SignalDeparture();
    }

    internal ClientConnection? TakeHeld() => _held.TryDequeue(out ClientConnection? client) ? client : null;

    /// <summary>The handover is over, or rests: what was held goes on here.</summary>
    internal void ThawHeld(bool refused)
    {
        while (_held.TryDequeue(out ClientConnection? client))
            client.Thaw(refused);
    }
}
