using Baton.Engine.Connections;
using Baton.Engine.Loop;

namespace Baton.Engine.Listeners;

/// <summary>Takes accepted sockets: a frontend's traffic, or the runtime API.</summary>
public interface IConnectionTarget
{
    /// <summary>May the listener accept one more now? False pauses it until Engine.ResumeFullListeners.</summary>
    bool HasRoom(ListenerState listener);

    /// <summary>Owns <paramref name="fd"/> from here on; runs on the worker that will own the connection.</summary>
    void Accepted(Worker worker, ListenerState listener, int fd, in SocketAddress source);
}
