// What the log needs that is gone when the line is written.
namespace Baton.Engine.Streams;

public sealed unsafe partial class HttpStream
{
    private bool HasLog => false;

    private void CaptureRequestLine() { }
}
