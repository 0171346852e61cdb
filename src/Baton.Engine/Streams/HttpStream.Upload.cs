// The answer is out before the request is in: the server may want the rest all the same, and what follows it on the
// client's connection is the next request.
using Baton.Configuration.Model;

namespace Baton.Engine.Streams;

public sealed partial class HttpStream
{
    /// <summary>The client is still sending, to a server that may read it or on a connection that goes on afterwards.</summary>
    private bool StillForwards =>
        _requestPhase == RequestPhase.Forward
        && !Request.Complete
        && !_local
        && (_clientKeepAlive || ServerEnd is { PeerClosed: false, Failed: false });

    /// <summary>COMPAT: from here on the client alone is waited for.</summary>
    private void AwaitUpload()
    {
        Response.Release(Worker.Buffers);
        ClientDeadlineMs = DeadlineIn(FrontendTimeouts.Client);
        ServerDeadlineMs = Request.HasUnsent ? DeadlineIn(BackendTimeouts.Server) : long.MaxValue;
    }

    /// <summary>The server has answered and closed: what the client still sends is for nobody.</summary>
    private bool IsUnheard => _responsePhase == ResponsePhase.Done && ServerEnd is null or { PeerClosed: true } or { Failed: true };

    /// <summary>Throws away what has come for a server that is gone. False when there is nothing to keep the connection for.</summary>
    private bool DropUpload()
    {
        if (ServerSide is not null)
            CloseServerSide();
        // in frames a reset says so
        if (!_clientKeepAlive || IsFramed)
        {
            EndStream();
            return false;
        }
        Request.DropReady();
        return true;
    }
}
