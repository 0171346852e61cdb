using System;
using Baton.Engine.Connections;

namespace Baton.Engine.Loop;

/// <summary>Where a walk over a worker's clients goes on; a client that leaves meanwhile is stepped over. OWNER: that worker.</summary>
public sealed class ClientWalk(ClientConnection? first, Action<ClientWalk> ended) : IDisposable
{
    private ClientConnection? _next = first;

    /// <summary>The next client; null at the end.</summary>
    public ClientConnection? Next()
    {
        ClientConnection? client = _next;
        _next = client?.NextClient;
        return client;
    }

    internal void Skip(ClientConnection gone)
    {
        if (_next == gone)
            _next = gone.NextClient;
    }

    public void Dispose() => ended(this);
}
