// What a fresh server connection starts with before any byte of the client's: the PROXY header (send-proxy).
namespace Baton.Engine.Streams;

public abstract partial class ProxyStream
{
    /// <summary>True when there is nothing (more) to send ahead on this server connection.</summary>
    protected bool PreambleSent => Server!.Config.SendProxy == Configuration.Model.ProxyProtocolVersion.None || ServerSide!.PreambleSent;

    protected bool SendPreamble()
    {
        ServerSide!.PreambleSent = true;
        return true;
    }
}
