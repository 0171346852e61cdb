// What few sessions have. It is apart from the session so that an idle connection does not carry the room for it.
namespace Baton.Engine.Connections;

/// <summary>A part of its session, made when the first of these is needed, kept with the pooled object.</summary>
internal sealed class SessionDetails
{
    /// <summary>Where the client connected to, when that is not the listener's own address; not set while nobody has asked.</summary>
    public SocketAddress Destination;

    /// <summary>The source address came in a PROXY header.</summary>
    public bool FromProxyHeader;

    /// <summary>The packet that opened the connection; null when nobody has ever asked.</summary>
    public FirstPacket? FirstPacket;

    /// <summary>Extension fields of the PROXY header, one behind the other (proxy-protocol.txt §2.2), and their length.</summary>
    public byte[] ProxyFields = [];
    public int ProxyFieldsLength;

    /// <summary>Variables of scope "sess"; null while there are none.</summary>
    public Variables.VariableStore? Variables;

    /// <summary>What it tracks in stick tables; null when it never has.</summary>
    public StickTables.StickTrackers? Tracked;

    /// <summary>Forgets all of the session's last life. Memory that is used again stays.</summary>
    public void Reset()
    {
        Destination = default;
        FromProxyHeader = false;
        FirstPacket?.Forget();
        ProxyFieldsLength = 0;
    }
}
