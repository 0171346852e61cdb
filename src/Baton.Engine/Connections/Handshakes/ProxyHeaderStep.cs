// The PROXY header in front of everything else (bind option accept-proxy, tcp-request connection expect-proxy).
// SAFETY: what is looked at lies in the worker's scratch memory, as long as was received, until the next call that uses that.
using System;
using Baton.Http.ProxyProtocol;
using Baton.Interop.Linux;

namespace Baton.Engine.Connections.Handshakes;

internal sealed unsafe class ProxyHeaderStep : HandshakeStep
{
    public static readonly ProxyHeaderStep Instance = new();

    /// <summary>It only looks until the header is whole.</summary>
    public override bool IsMovable => true;

    public override HandshakeFailure TimedOut(ClientConnection client) => new(ProxyHeaderFailure.TimedOut, isNull: !client.HasUnread);

    /// <summary>Looks at what has arrived, and takes exactly the header out of the socket when it is whole.</summary>
    public override HandshakeResult Advance(ClientConnection client, out HandshakeFailure why)
    {
        HandshakeResult result = Take(client, out ProxyHeader header, out ReadOnlySpan<byte> fields, out why);
        if (result != HandshakeResult.Done)
            return result;
        Session session = client.Session;
        if (!header.IsLocal && header.Family is ProxyFamily.IPv4 or ProxyFamily.IPv6)
        {
            session.Source = SocketAddress.From(header.Source, header.SourcePort);
            session.SetDestination(SocketAddress.From(header.Destination, header.DestinationPort));
            session.FromProxyHeader = true;
        }
        session.KeepProxyFields(fields);
        return HandshakeResult.Done;
    }

    /// <summary>The same for any connection that has come: another peer's.</summary>
    /// <param name="fields">Its extension fields, until the next use of the worker's scratch memory.</param>
    internal static HandshakeResult Take(Connection client, out ProxyHeader header, out ReadOnlySpan<byte> fields, out HandshakeFailure why)
    {
        why = default;
        fields = default;
        header = default;
        byte* scratch = client.Worker.Scratch.Text;
        nint n = Sockets.recv(client.Fd, scratch, client.Worker.Scratch.TextSize, Sockets.MSG_PEEK);
        if (n < 0 && Sockets.Last is Errno.EAGAIN or Errno.EINTR)
        {
            client.CanRead = false;
            return HandshakeResult.Wait;
        }
        if (n <= 0)
        {
            why = new(n == 0 ? ProxyHeaderFailure.Closed : ProxyHeaderFailure.Failed, isNull: true);
            return HandshakeResult.Failed;
        }
        var received = new ReadOnlySpan<byte>(scratch, (int)n);
        switch (ProxyHeaderParser.Parse(received, out header, out int length))
        {
            case ProxyParseStatus.Incomplete when !client.PeerClosed:
                client.CanRead = false;
                return HandshakeResult.Wait;
            case ProxyParseStatus.Incomplete:
                why = new(ProxyHeaderFailure.Truncated);
                return HandshakeResult.Failed;
            case ProxyParseStatus.Bad:
                why = new(ProxyHeaderFailure.Describe(received));
                return HandshakeResult.Failed;
        }
        if (Sockets.recv(client.Fd, scratch, length, 0) != length)
            return HandshakeResult.Failed;
        fields = received.Slice(header.TlvOffset, header.TlvLength);
        return HandshakeResult.Done;
    }
}
