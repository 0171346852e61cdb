// A client's connection that has moved here goes on: with what had come of a request, or with the streams it has in frames.
using System;
using Baton.Core.Frames;
using Baton.Engine.Connections;

namespace Baton.Engine.Handover;

internal static class ArrivingClient
{
    /// <summary>Goes on without a stream: with what had come of a request, or with the streams it has in frames.</summary>
    public static void GoOn(ClientConnection client, ReadOnlySpan<byte> head, byte[]? mux, Span<ArrivingTunnel> tunnels)
    {
        // the room was asked for with the item; who sends more than he said is not to be served
        if (head.Length > client.Worker.Buffers.BlockSize - client.Worker.Engine.Config.Global.MaxRewrite)
        {
            client.Close();
            return;
        }
        if (head.Length > 0 && !client.TakeHead(head))
        {
            client.CloseForMemory();
            return;
        }
        if (mux is not null)
        {
            if (AdoptFrames(client, mux) && AdoptTunnels(client, tunnels))
                client.Resume();
            return;
        }
        // PERF: the kernel says at once when something has come; asking it for each of many idle connections takes a tenth of the move
        if (client.HeadSoFar.IsEmpty && client.Phase == ClientPhase.Idle && client.Transport is null)
        {
            client.CanRead = false;
            client.EnsureRegistered();
            client.ArmIdle();
            return;
        }
        client.Resume();
    }

    /// <summary>Goes on with the streams that came along. False when there is no memory for all of them: none goes on then.</summary>
    private static bool AdoptTunnels(ClientConnection client, Span<ArrivingTunnel> tunnels)
    {
        foreach (ArrivingTunnel tunnel in tunnels)
        {
            if (client.Mux!.AdoptStream(tunnel))
                continue;
            client.Session.CountInternalError(client.Worker);
            client.Mux.Lose();
            return false;
        }
        return client.IsOpen;
    }

    /// <summary>It spoke HTTP/2 in the old process, and goes on with it. False when it cannot: it is closed then.</summary>
    private static bool AdoptFrames(ClientConnection client, byte[] image)
    {
        if (client.Worker.RentMux() is not { } mux)
        {
            client.CloseForMemory();
            return false;
        }
        client.Mux = mux;
        client.Phase = ClientPhase.Multiplexed;
        client.EnsureRegistered();
        if (mux.Adopt(client, new FrameReader(image)))
            return true;
        client.Close();
        return false;
    }
}
