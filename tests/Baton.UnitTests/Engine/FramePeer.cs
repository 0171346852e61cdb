// The least of HTTP/2 that a client and a server need to say the same again and again: no table, no windows, one stream at a time.
using System;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Xunit;

namespace Baton.UnitTests.Engine;

/// <summary>Either end of a connection.</summary>
internal sealed class FramePeer(Socket socket)
{
    private const byte Data = 0,
        Headers = 1,
        Settings = 4;

    private readonly byte[] _buffer = new byte[65536];
    private int _start,
        _end;

    /// <summary>A client's connection with so many requests, one behind the other.</summary>
    public static void Ask(int port, int count)
    {
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        {
            NoDelay = true,
            ReceiveTimeout = 10_000,
        };
        client.Connect(IPAddress.Loopback, port);
        client.Send([.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, .. Frame(Settings, 0, 0, [])]);
        var peer = new FramePeer(client);
        // GET, http, path and authority as they are
        byte[] block = [0x82, 0x86, 4, 14, .. "/some/path?x=1"u8, 1, 12, .. "example.test"u8, 0, 10, .. "user-agent"u8, 1, .. "t"u8];
        for (int i = 0; i < count; i++)
        {
            int stream = 2 * i + 1;
            client.Send(Frame(Headers, 5, stream, block));
            int length = 0;
            while (true)
            {
                (byte type, byte flags, int of, int size) = peer.Read();
                Assert.True(type is not (3 or 7), "an error");
                length += type == Data ? size : 0;
                if (of == stream && type is Data or Headers && (flags & 1) != 0)
                    break;
            }
            Assert.Equal(5, length);
        }
    }

    /// <summary>Answers all requests with five bytes, to the end of the connection.</summary>
    public static void Serve(Socket socket)
    {
        using (socket)
        {
            try
            {
                socket.NoDelay = true;
                var peer = new FramePeer(socket);
                peer.Fill("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".Length);
                peer._start += 24;
                socket.Send(Frame(Settings, 0, 0, []));
                while (true)
                {
                    (byte type, byte flags, int stream, _) = peer.Read();
                    if (type == Settings && flags == 0)
                        socket.Send(Frame(Settings, 1, 0, []));
                    if (type == Headers)
                        socket.Send([
                            .. Frame(Headers, 4, stream, [0x88, 15, 13, 1, (byte)'5']),
                            .. Frame(Data, 1, stream, [.. "hello"u8]),
                        ]);
                }
            }
            // the proxy closes what it has no use for
            catch (Exception e) when (e is SocketException or InvalidOperationException) { }
        }
    }

    private static byte[] Frame(byte type, byte flags, int stream, byte[] payload)
    {
        byte[] frame = new byte[9 + payload.Length];
        (frame[1], frame[2], frame[3], frame[4]) = ((byte)(payload.Length >> 8), (byte)payload.Length, type, flags);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame, 9);
        return frame;
    }

    private (byte Type, byte Flags, int Stream, int Length) Read()
    {
        Fill(9);
        ReadOnlySpan<byte> head = _buffer.AsSpan(_start, 9);
        int length = head[0] << 16 | head[1] << 8 | head[2];
        (byte type, byte flags, int stream) = (head[3], head[4], BinaryPrimitives.ReadInt32BigEndian(head[5..]));
        Fill(9 + length);
        _start += 9 + length;
        return (type, flags, stream, length);
    }

    /// <summary>So many bytes are there.</summary>
    private void Fill(int count)
    {
        if (_start > _buffer.Length / 2)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }
        while (_end - _start < count)
        {
            int n = socket.Receive(_buffer, _end, _buffer.Length - _end, SocketFlags.None);
            if (n == 0)
                throw new InvalidOperationException(
                    $"the connection has ended: {Encoding.ASCII.GetString(_buffer, _start, _end - _start)}"
                );
            _end += n;
        }
    }
}
