// The streams of a client's connection: none, one, or the many of an HTTP/2 connection.
using Baton.Engine.Connections;
using Baton.Engine.Muxes.Http2;
using Baton.Engine.Streams;

namespace Baton.Engine.Muxes;

/// <summary>To be walked through by foreach. The stream at hand may end meanwhile, and others of its connection with it: the walk goes on
/// with those that are left. OWNER: the connection's worker.</summary>
public struct ClientStreams
{
    private readonly ClientConnection _client;
    private ProxyStream? _one;
    private Http2Stream? _next;
    private uint _life;

    /// <summary>Those of a client.</summary>
    public static ClientStreams Of(ClientConnection client) => new(client);

    private ClientStreams(ClientConnection client)
    {
        _client = client;
        _one = client.Stream is { Client: not null } stream ? stream : null;
        Point((client.Mux as Http2Connection)?.FirstStream);
    }

    public ProxyStream Current { get; private set; } = null!;

    public readonly ClientStreams GetEnumerator() => this;

    private void Point(Http2Stream? stream)
    {
        _next = stream;
        _life = stream?.Life ?? 0;
    }

    public bool MoveNext()
    {
        if (_one is { } one)
        {
            _one = null;
            Current = one;
            return true;
        }
        // the one that came next has ended with the one before: what is left are those that were not looked at, and some that were
        if (_next is not null && (_next.Life != _life || _next.Stream is null))
            Point((_client.Mux as Http2Connection)?.FirstStream);
        while (_next is { } stream)
        {
            Point((Http2Stream?)stream.Next);
            if (stream.Stream is not { } found)
                continue;
            Current = found;
            return true;
        }
        return false;
    }
}
