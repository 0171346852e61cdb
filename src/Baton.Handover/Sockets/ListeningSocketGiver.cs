// The running process's side of _getsocks: sends copies of every bound listening socket and keeps its own. It may be asked
// again and again; nothing here closes or changes a socket. The other side may be slow, or never answer: it costs no thread.
//
//   N -> batch -> (acknowledgement) -> batch -> (acknowledgement) -> close
using System;
using System.Collections.Generic;
using System.Threading;
using Baton.Engine;
using Baton.Engine.Listeners;
using Baton.Engine.Loop;
using Baton.Interop.Linux;

namespace Baton.Handover.Sockets;

/// <summary>OWNER: the worker the connection was accepted by.</summary>
public sealed class ListeningSocketGiver : Engine.Loop.EventHandler
{
    /// <summary>Conversations at a time: of those who may take over, and of everybody else.</summary>
    private const int MostTrusted = 32,
        MostStrangers = 8;

    private static int s_trusted,
        s_strangers;

    private readonly Worker _worker;
    private readonly bool _isTrusted;
    private readonly List<(ListenerState Listener, int Shard)> _sockets;
    private readonly List<byte> _payload = [];
    private readonly List<int> _batch = [];
    private int _next,
        _sent,
        _acknowledged = 4;
    private uint _interest;

    private ListeningSocketGiver(Worker worker, int fd, bool isTrusted, List<(ListenerState, int)> sockets) =>
        (_worker, Fd, _isTrusted, _sockets) = (worker, fd, isTrusted, sockets);

    /// <summary>Answers on <paramref name="fd"/>, which is not blocking, and closes it at the end.</summary>
    public static void Serve(Worker worker, EngineState engine, int fd)
    {
        bool isTrusted = SocketNames.PeerCredentials(fd, out _, out int uid) && (uid == 0 || uid == Processes.geteuid());
        if (isTrusted ? Interlocked.Increment(ref s_trusted) > MostTrusted : Interlocked.Increment(ref s_strangers) > MostStrangers)
        {
            Uncount(isTrusted);
            Files.close(fd);
            return;
        }
        List<(ListenerState, int)> sockets = Collect(engine);
        if (sockets.Count > 0)
            engine.SocketsExported = true;
        var giver = new ListeningSocketGiver(worker, fd, isTrusted, sockets);
        giver._payload.AddRange(BitConverter.GetBytes(sockets.Count));
        giver.Advance();
    }

    /// <summary>Everything bound here: frontends and stats sockets. Inherited descriptors stay with whoever gave them; a leaving process
    /// has nothing to give.</summary>
    private static List<(ListenerState, int)> Collect(EngineState engine)
    {
        var list = new List<(ListenerState, int)>();
        if (engine.Stopping || engine.Handover.IsUnderWay)
            return list;
        foreach (ListenerState listener in engine.Listeners)
        {
            if (listener.InheritedDescriptor >= 0)
                continue;
            for (int i = 0; i < listener.Descriptors.Length; i++)
                list.Add((listener, i));
        }
        return list;
    }

    public override void OnEvents(uint events) => Advance();

    public override void OnTimer(long nowMs) => Close();

    private void Advance()
    {
        while (Fd >= 0)
        {
            if (_payload.Count > 0)
            {
                if (!Send())
                    return;
            }
            else if (_acknowledged < 4)
            {
                if (!ReadAcknowledgement())
                    return;
            }
            else if (_next == _sockets.Count || !NextBatch())
                Close();
        }
    }

    /// <summary>False when a socket has been closed meanwhile: its number may be another descriptor's by now.</summary>
    private bool NextBatch()
    {
        _batch.Clear();
        for (; _next < _sockets.Count && _batch.Count < SocketTransfer.Batch; _next++)
        {
            (ListenerState listener, int shard) = _sockets[_next];
            int[] descriptors = listener.Descriptors;
            if (shard >= descriptors.Length)
                return false;
            _batch.Add(descriptors[shard]);
            SocketDescription.Write(_payload, listener.Config.Namespace ?? "", listener.Config.Interface ?? "");
        }
        _acknowledged = 0;
        return true;
    }

    /// <summary>The descriptors go with the first byte of what describes them. False when it has to wait, or is over.</summary>
    private bool Send()
    {
        ReadOnlySpan<byte> rest = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_payload)[_sent..];
        ReadOnlySpan<int> batch = _sent == 0 ? System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_batch) : default;
        nint n = DescriptorPassing.Send(Fd, rest, batch, Interop.Linux.Sockets.MSG_NOSIGNAL | Interop.Linux.Sockets.MSG_DONTWAIT);
        if (n < 0)
            return WaitFor(Epoll.OUT);
        _sent += (int)n;
        if (_sent < _payload.Count)
            return true;
        _payload.Clear();
        _sent = 0;
        return true;
    }

    /// <summary>COMPAT: four bytes of any value.</summary>
    private bool ReadAcknowledgement()
    {
        Span<byte> number = stackalloc byte[4];
        int n = Files.Read(Fd, number[_acknowledged..]);
        if (n < 0)
            return WaitFor(Epoll.IN | Epoll.RDHUP);
        if (n == 0)
        {
            Close();
            return false;
        }
        _acknowledged += n;
        return true;
    }

    /// <summary>After a call that failed: false, with the socket watched, or closed when it was not for want of time.</summary>
    private bool WaitFor(uint interest)
    {
        if (Interop.Linux.Sockets.Last is not (Errno.EAGAIN or Errno.EINTR))
        {
            Close();
            return false;
        }
        if (_interest != interest)
        {
            if (_interest != 0)
                _worker.Unregister(this);
            _interest = interest;
            if (!_worker.Register(this, interest))
            {
                Close();
                return false;
            }
        }
        _worker.Timers.Arm(this, _worker.NowMs + SocketTransfer.StepTimeoutMs);
        return false;
    }

    private void Close()
    {
        if (Fd < 0)
            return;
        _worker.Timers.Cancel(this);
        if (_interest != 0)
            _worker.CloseRegistered(this);
        else
            Files.close(Fd);
        Fd = -1;
        Uncount(_isTrusted);
    }

    private static void Uncount(bool isTrusted)
    {
        if (isTrusted)
            Interlocked.Decrement(ref s_trusted);
        else
            Interlocked.Decrement(ref s_strangers);
    }
}
