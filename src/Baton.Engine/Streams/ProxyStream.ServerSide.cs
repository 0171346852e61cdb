// What is still known of the server's connection when the stream's log line is written: it was given back before.
using Baton.Configuration.Expressions;
using Baton.Engine.Tls;

namespace Baton.Engine.Streams;

public abstract partial class ProxyStream
{
    private ServerSideFacts _lastServerSide;
    private bool _hadServerSide,
        _hadServerTls;

    /// <summary>Made by a stream that has to remember.</summary>
    private TlsFacts? _lastServerTls;

    /// <summary>What is known of TLS towards the server; null where there is none.</summary>
    internal TlsFacts? ServerTls =>
        ServerSide is { IsConnected: true } side ? side.Transport?.Facts
        : _hadServerTls ? _lastServerTls
        : null;

    /// <summary>The last rule that ended its set (last_rule_file, last_rule_line).</summary>
    internal RuleConfig? LastRule { get; set; }

    /// <summary>The server's connection, or what was kept of it. False when there was none.</summary>
    internal bool TryGetServerSide(out ServerSideFacts facts)
    {
        facts = ServerSide is { IsConnected: true } side ? ServerSideFacts.Of(side) : _lastServerSide;
        return ServerSide is { IsConnected: true } || _hadServerSide;
    }

    /// <summary>The connection is about to be given back. Costs nothing unless the log asks for it.</summary>
    private protected void RememberServerSide()
    {
        if (ServerSide is not { } side || !side.IsConnected && side.Fault == Connections.ConnectionFaults.None)
            return;
        if (Frontend.Log is not { AsksForServerSide: true })
            return;
        _lastServerSide = ServerSideFacts.Of(side);
        _hadServerSide = true;
        _hadServerTls = side.Transport?.Facts is not null;
        if (side.Transport?.Facts is { } facts)
            (_lastServerTls ??= new TlsFacts()).CopyFrom(facts);
    }

    private void ForgetServerSide()
    {
        _hadServerSide = _hadServerTls = false;
        LastRule = null;
    }
}
