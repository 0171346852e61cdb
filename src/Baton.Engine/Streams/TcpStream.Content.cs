// What happens to a TCP session before a server is looked for: tcp-request content rules, the choice of the backend.
namespace Baton.Engine.Streams;

public sealed partial class TcpStream
{
    private void BeginContent() { }

    /// <summary>True when the backend is chosen.</summary>
    private bool AdvanceContent()
    {
        EnterSelectedBackend(Frontend.DefaultBackend);
        return true;
    }

    private void OnContentTimeout() { }
}
