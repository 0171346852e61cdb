// Stands between the two processes of a reload and passes every frame of their conversation on, descriptors included. A test
// sees each frame before it is delivered and can do something to either process just then.
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using Baton.Conformance.Harness;

namespace Baton.Conformance.Reload;

/// <param name="Number">From 1, over both directions.</param>
internal sealed record RelayedFrame(int Number, bool FromOld, int Type);

internal sealed class HandoverRelay : IDisposable
{
    private const int Lanes = 18;

    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly string _old;
    private readonly Action<RelayedFrame> _seen;
    private readonly Lock _order = new();
    private int _frames;

    /// <param name="path">Where the new process asks ("-x").</param>
    /// <param name="old">The stats socket of the running process.</param>
    /// <param name="seen">Called before a frame is delivered; the other direction waits as well.</param>
    public HandoverRelay(string path, string old, Action<RelayedFrame> seen)
    {
        (_old, _seen) = (old, seen);
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        _listener.Listen(16);
        new Thread(Accept) { IsBackground = true }.Start();
    }

    private void Accept()
    {
        while (true)
        {
            Socket fresh;
            try
            {
                fresh = _listener.Accept();
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }
            new Thread(() => Relay(fresh)) { IsBackground = true }.Start();
        }
    }

    private void Relay(Socket fresh)
    {
        using var old = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        using (fresh)
        {
            byte[] command = new byte[64];
            int length = fresh.Receive(command);
            try
            {
                old.Connect(new UnixDomainSocketEndPoint(_old));
            }
            catch (SocketException)
            {
                return;
            }
            DescriptorSocket.Send(old, command.AsSpan(0, length), []);
            bool frames = Encoding.ASCII.GetString(command, 0, length).StartsWith("_handover", StringComparison.Ordinal);
            if (frames && !Pass(old, fresh, "BATON-HANDOVER\n".Length, out _))
                return;
            var back = new Thread(() => Copy(fresh, old, frames, false)) { IsBackground = true };
            back.Start();
            Copy(old, fresh, frames, true);
            back.Join();
        }
    }

    /// <summary>Everything from one side to the other, up to the end of the stream, which is passed on too.</summary>
    private void Copy(Socket from, Socket to, bool frames, bool fromOld)
    {
        if (frames)
            while (PassFrame(from, to, fromOld)) { }
        else
        {
            // byte by byte: a longer read would take the descriptors of the next message for those of this one
            byte[] buffer = new byte[1];
            for (int n; (n = DescriptorSocket.Receive(from, buffer, out int[] fds)) > 0; )
            {
                DescriptorSocket.Send(to, buffer.AsSpan(0, n), fds);
                DescriptorSocket.Close(fds);
            }
        }
        // a process that is gone is gone for both directions, as it would be without anybody between
        try
        {
            to.Shutdown(SocketShutdown.Both);
            from.Shutdown(SocketShutdown.Both);
        }
        catch (SocketException) { }
    }

    private bool PassFrame(Socket from, Socket to, bool fromOld)
    {
        byte[] header = new byte[8];
        if (!ReadWhole(from, header, out List<int> descriptors))
            return false;
        byte[] frame = new byte[8 + BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(4))];
        header.CopyTo(frame, 0);
        bool whole = ReadWhole(from, frame.AsSpan(8), out _);
        if (whole)
        {
            int type = BinaryPrimitives.ReadUInt16LittleEndian(header);
            if (type == Lanes)
                descriptors = descriptors.ConvertAll(RelayLane);
            lock (_order)
            {
                _seen(new RelayedFrame(++_frames, fromOld, type));
                whole = DescriptorSocket.Send(to, frame, descriptors.ToArray());
            }
        }
        DescriptorSocket.Close(descriptors.ToArray());
        return whole;
    }

    /// <summary>Stands in a socket that one process sends to the other, too. Returns the end that goes on in its place.</summary>
    private int RelayLane(int end)
    {
        var old = new Socket(new SafeSocketHandle(end, ownsHandle: true));
        (Socket near, int far) = DescriptorSocket.Pair();
        new Thread(() => Copy(old, near, true, true)) { IsBackground = true }.Start();
        new Thread(() => Copy(near, old, true, false)) { IsBackground = true }.Start();
        return far;
    }

    private static bool Pass(Socket from, Socket to, int length, out byte[] bytes)
    {
        bytes = new byte[length];
        return ReadWhole(from, bytes, out _) && DescriptorSocket.Send(to, bytes, []);
    }

    private static bool ReadWhole(Socket from, Span<byte> into, out List<int> descriptors)
    {
        descriptors = [];
        while (into.Length > 0)
        {
            int n = DescriptorSocket.Receive(from, into, out int[] fds);
            descriptors.AddRange(fds);
            if (n == 0)
                return false;
            into = into[n..];
        }
        return true;
    }

    public void Dispose() => _listener.Dispose();
}
