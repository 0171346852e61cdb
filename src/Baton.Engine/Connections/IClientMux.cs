// What makes many streams of one client's connection (HTTP/2), as the connection knows it: everything that happens to it goes there.
// SAFETY: a buffer that is handed over is a block of the worker's pool, and has one holder.
using System.Collections.Generic;
using Baton.Core.Frames;
using Baton.Engine.Loop;

namespace Baton.Engine.Connections;

/// <summary>A part of its client for as long as that speaks in frames. OWNER: the client's worker.</summary>
public unsafe interface IClientMux : IMuxLayer
{
    /// <summary>What of HTTP it speaks.</summary>
    int MajorVersion { get; }

    /// <summary>Streams under way, and how many there may be.</summary>
    int StreamCount { get; }
    int MaxStreams { get; }

    /// <summary>Oddities of the client so far (fc_glitches).</summary>
    int Glitches { get; }

    /// <summary>Begins; the client's first word is still to come.</summary>
    void Begin(ClientConnection client);

    /// <summary>The first bytes have been read already, to [start, end) of a rented buffer, which is its own from here on.</summary>
    void TakeOver(byte* buffer, int start, int end);

    /// <summary>Something has happened to the socket, or to what a stream has to say.</summary>
    void OnEvents();

    /// <summary>The client's deadline has passed.</summary>
    void OnTimer();

    /// <summary>The process is leaving, and this connection stays in it: the client is told in time for what it has under way.</summary>
    void OnSoftStop();

    /// <summary>hard-stop-after is over.</summary>
    void OnHardStop();

    /// <summary>The client is gone, or unreachable: its streams end, and the connection is closed.</summary>
    void Lose();

    /// <summary>A handler has failed in the middle: the streams give back what others wait for, and nothing here is used again.</summary>
    void Abandon();

    /// <summary>The connection is closed.</summary>
    void Release();

    /// <summary>Bytes that whoever goes on with it has to keep, when they need a block.</summary>
    int HeldLength { get; }

    /// <summary>Takes over what another process has written, for a client that is at work again. False when it is not understood.</summary>
    bool Adopt(ClientConnection client, FrameReader r);

    /// <summary>Writes its streams, which move with it, and their servers' descriptors.</summary>
    void WriteStreams(FrameWriter w, List<int> descriptors);

    /// <summary>Takes a stream over that another process has written, and goes on with it. False when there is no memory for it.</summary>
    bool AdoptStream(IArrivingStream stream);

    /// <summary>Its streams are out of the loop, back in it, or in the next process.</summary>
    void FreezeStreams();

    void ThawStreams();

    void DepartStreams();

    /// <summary>Goes on where it was when it was taken out of the loop.</summary>
    void Resume();
}
