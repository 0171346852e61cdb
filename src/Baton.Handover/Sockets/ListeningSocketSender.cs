// The running process's side of _getsocks: sends copies of every bound listening socket and keeps its own. It may be asked
// again and again; nothing here closes or changes a socket.
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Text;
using System.Threading;
using Baton.Engine;
using Baton.Engine.Listeners;
using Baton.Interop.Linux;

namespace Baton.Handover.Sockets;

public static class ListeningSocketSender
{
    /// <summary>Serves one request on its own short-lived thread (the other side may be slow) and closes <paramref name="fd"/>.</summary>
    public static void Serve(EngineState engine, int fd)
    {
        List<(int Fd, string Namespace, string Interface)> sockets = Collect(engine);
        if (sockets.Count > 0) engine.SocketsExported = true;
        Serve(sockets, fd, closeSockets: false);
    }

    /// <summary>The same for sockets that are held without an engine (a master's copies); <paramref name="closeSockets"/> afterwards.</summary>
    public static void Serve(List<(int Fd, string Namespace, string Interface)> sockets, int fd, bool closeSockets)
    {
        new Thread(() =>
        {
            SocketNames.SetBlocking(fd);
            SocketNames.SetTimeouts(fd, SocketTransfer.StepTimeoutMs);
            Send(fd, sockets);
            Files.close(fd);
            if (closeSockets) foreach ((int socket, _, _) in sockets) Files.close(socket);
        }, 256 * 1024) { IsBackground = true, Name = "getsocks" }.Start();
    }

    /// <summary>Everything bound here: frontends and stats sockets. Inherited descriptors stay with whoever gave them; a leaving process has nothing to give.</summary>
    private static List<(int, string, string)> Collect(EngineState engine)
    {
        var list = new List<(int, string, string)>();
        if (engine.Stopping || engine.HandingOver) return list;
        foreach (ListenerState listener in engine.Listeners)
        {
            if (listener.InheritedDescriptor >= 0) continue;
            foreach (int fd in listener.Descriptors) list.Add((fd, listener.Config.Namespace ?? "", listener.Config.Interface ?? ""));
        }
        return list;
    }

    private static bool Send(int fd, List<(int Fd, string Namespace, string Interface)> sockets)
    {
        Span<byte> number = stackalloc byte[4];
        BitConverter.TryWriteBytes(number, sockets.Count);
        if (!Files.WriteAll(fd, number)) return false;
        var payload = new List<byte>();
        var batch = new List<int>();
        for (int i = 0; i < sockets.Count; i++)
        {
            batch.Add(sockets[i].Fd);
            AddName(payload, sockets[i].Namespace);
            AddName(payload, sockets[i].Interface);
            payload.AddRange(new byte[4]);
            if (batch.Count < SocketTransfer.Batch && i < sockets.Count - 1) continue;
            if (DescriptorPassing.Send(fd, payload.ToArray(), batch.ToArray()) != payload.Count) return false;
            batch.Clear();
            payload.Clear();
            if (Files.Read(fd, number) != 4) return false;
        }
        return true;
    }

    private static void AddName(List<byte> payload, string name)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(name);
        payload.Add((byte)bytes.Length);
        payload.AddRange(bytes);
    }
}
