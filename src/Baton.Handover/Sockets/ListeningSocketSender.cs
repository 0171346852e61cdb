// A master's side of _getsocks: it has no loop of workers, and is asked by those who may do anything with it. See
// ListeningSocketGiver for a serving process's side.
using System;
using System.Collections.Generic;
using System.Threading;
using Baton.Interop.Linux;

namespace Baton.Handover.Sockets;

public static class ListeningSocketSender
{
    /// <summary>Sends the sockets on a short-lived thread (the other side may be slow), closes them and <paramref name="fd"/>.</summary>
    public static void Serve(List<(int Fd, string Namespace, string Interface)> sockets, int fd)
    {
        new Thread(
            () =>
            {
                SocketNames.SetBlocking(fd);
                SocketNames.SetTimeouts(fd, SocketTransfer.StepTimeoutMs);
                try
                {
                    Send(fd, sockets);
                }
                catch (OutOfMemoryException)
                {
                    Core.Buffers.MemoryBudget.CountFailure();
                }
                Files.close(fd);
                foreach ((int socket, _, _) in sockets)
                    Files.close(socket);
            },
            256 * 1024
        )
        {
            IsBackground = true,
            Name = "getsocks",
        }.Start();
    }

    private static bool Send(int fd, List<(int Fd, string Namespace, string Interface)> sockets)
    {
        Span<byte> number = stackalloc byte[4];
        BitConverter.TryWriteBytes(number, sockets.Count);
        if (!Files.WriteAll(fd, number))
            return false;
        var payload = new List<byte>();
        var batch = new List<int>();
        for (int i = 0; i < sockets.Count; i++)
        {
            batch.Add(sockets[i].Fd);
            SocketDescription.Write(payload, sockets[i].Namespace, sockets[i].Interface);
            if (batch.Count < SocketTransfer.Batch && i < sockets.Count - 1)
                continue;
            if (DescriptorPassing.Send(fd, payload.ToArray(), batch.ToArray()) != payload.Count)
                return false;
            batch.Clear();
            payload.Clear();
            if (Files.Read(fd, number) != 4)
                return false;
        }
        return true;
    }
}
