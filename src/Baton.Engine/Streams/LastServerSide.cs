// What is still known of the server's connection when the stream's log line is written: it was given back before.
using Baton.Engine.Tls;

namespace Baton.Engine.Streams;

/// <summary>A part of its stream.</summary>
internal sealed class LastServerSide(ProxyStream stream)
{
    private ServerSideFacts _facts;

    private bool _isKnown,
        _hadTls;

    /// <summary>Made by a stream that has to remember.</summary>
    private TlsFacts? _tls;

    /// <summary>What is known of TLS towards the server; null where there is none.</summary>
    public TlsFacts? Tls =>
        stream.ServerSide is { IsConnected: true } side ? side.Transport?.Facts
        : _hadTls ? _tls
        : null;

    /// <summary>The server's connection, or what was kept of it. False when there was none.</summary>
    public bool TryGet(out ServerSideFacts facts)
    {
        facts = stream.ServerSide is { IsConnected: true } side ? ServerSideFacts.Of(side) : _facts;
        return stream.ServerSide is { IsConnected: true } || _isKnown;
    }

    /// <summary>The connection is about to be given back. Costs nothing unless the log asks for it.</summary>
    public void Remember()
    {
        if (stream.ServerSide is not { } side || !side.IsConnected && side.Fault == Connections.ConnectionFaults.None)
            return;
        if (stream.Frontend.Log is not { AsksForServerSide: true })
            return;
        _facts = ServerSideFacts.Of(side);
        _isKnown = true;
        _hadTls = side.Transport?.Facts is not null;
        if (side.Transport?.Facts is { } facts)
            (_tls ??= new TlsFacts()).CopyFrom(facts);
    }

    public void Reset()
    {
        _isKnown = _hadTls = false;
    }
}
