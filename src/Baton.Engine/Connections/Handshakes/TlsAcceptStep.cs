// The TLS handshake with a client (bind option ssl). OpenSSL shakes hands; then our own records carry on, where they can.
// SAFETY: what is looked at lies in the worker's memory for TLS, as long as was received, until its next use.
using Baton.Engine.Connections.Transports;
using Baton.Engine.Tls;
using Baton.Http.Tls.Records;

namespace Baton.Engine.Connections.Handshakes;

internal sealed unsafe class TlsAcceptStep : HandshakeStep
{
    public static readonly TlsAcceptStep Instance = new();

    /// <summary>Not even before the first byte: the image of a connection says of a handshake only that a PROXY header comes.</summary>
    public override bool IsMovable => false;

    public override HandshakeFailure TimedOut(ClientConnection client)
    {
        (client.Transport as OpenSslTransport)?.NoteFailure();
        return new(ConnectionFaults.TlsTimeout, isNull: client.Transport is null && !client.HasUnread);
    }

    public override HandshakeResult Advance(ClientConnection client, out HandshakeFailure why)
    {
        HandshakeResult result = Accept(client, client.Listener.Tls!, out why, client.Frontend is { IsHttp: true });
        if (result == HandshakeResult.Failed)
            client.Session.CountFailedTls(client.Worker);
        else if (result == HandshakeResult.Done)
            client.Session.CountTls(client.Worker, client.Transport!.Facts!.IsResumed);
        return result;
    }

    /// <summary>The same for any connection that has come: another peer's.</summary>
    /// <param name="handsEarly">A request that comes as early data need not wait for the end of the handshake.</param>
    internal static HandshakeResult Accept(Connection client, TlsBinding binding, out HandshakeFailure why, bool handsEarly = false)
    {
        why = default;
        if (client.Transport is not OpenSslTransport session)
        {
            HandshakeResult greeted = AwaitGreeting(client, out int seen, out why);
            if (greeted != HandshakeResult.Done)
                return greeted;
            if (TlsConnections.AreFull(client.Worker.Engine))
            {
                why = new(ConnectionFaults.TlsTooMany);
                return HandshakeResult.Failed;
            }
            session = OpenSslTransport.Begin(binding[client.Worker.Index], isServer: true, seen)!;
            if (session is null)
            {
                why = new(ConnectionFaults.TlsNoMemory);
                return HandshakeResult.Failed;
            }
            client.Transport = session;
        }
        switch (session.ShakeHands(client, handsEarly))
        {
            case HandshakeResult.Wait:
                return HandshakeResult.Wait;
            case HandshakeResult.Failed:
                why = new(session.FaultOf(client));
                // what is left unread would have the alert thrown away by a reset
                if (!client.Failed)
                    client.ReceiveRaw(client.Worker.Tls.In, TlsScratch.InSize);
                return HandshakeResult.Failed;
        }
        if (session.Leave(client.Worker) is not { } transport)
        {
            why = new(ConnectionFaults.TlsNoMemory);
            return HandshakeResult.Failed;
        }
        client.Transport = transport;
        return HandshakeResult.Done;
    }

    /// <summary>
    /// Nothing is made for a client that has not sent its first record whole, or something that is none: who only connects costs what an
    /// idle connection costs.
    /// </summary>
    private static HandshakeResult AwaitGreeting(Connection client, out int seen, out HandshakeFailure why)
    {
        why = default;
        byte* area = client.Worker.Tls.In;
        int n = seen = client.PeekRaw(area, RecordState.LargestRecord);
        if (n == -1)
            return HandshakeResult.Wait;
        if (n <= 0)
        {
            why = new(n == 0 ? ConnectionFaults.TlsClosed : ConnectionFaults.TlsFailed, isNull: true);
            return HandshakeResult.Failed;
        }
        bool isWhole = n >= RecordState.HeaderLength && n >= RecordState.HeaderLength + (area[3] << 8 | area[4]);
        bool isRecord = area[0] == (byte)ContentType.Handshake;
        if (isWhole || !isRecord || n == RecordState.LargestRecord || client.PeerClosed)
            return HandshakeResult.Done;
        client.CanRead = false;
        return HandshakeResult.Wait;
    }
}
