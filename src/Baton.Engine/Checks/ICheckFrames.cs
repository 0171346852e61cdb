// What a check speaks through where its connection is in frames (HTTP/2): towards the check it is a connection of HTTP/1.
// SAFETY: pointers come with a length and are held for the call alone.
using Baton.Engine.Connections;
using Baton.Engine.Loop;

namespace Baton.Engine.Checks;

/// <summary>A part of its check, used again for the next one. OWNER: the check's worker.</summary>
internal unsafe interface ICheckFrames
{
    /// <summary>Begins on a connection that is there. False when there is no memory for it.</summary>
    bool Begin(Connection link, IRunnable turn);

    /// <summary>As <see cref="StreamEnd.Send"/>.</summary>
    int Send(byte* bytes, int length);

    /// <summary>As <see cref="StreamEnd.Receive"/>; the answer ends as its connection would.</summary>
    int Receive(byte* to, int length);

    /// <summary>Something has happened to the socket, or there is something to say.</summary>
    void OnEvents();

    /// <summary>The check is over: says so, as far as the socket takes it.</summary>
    void End();
}
