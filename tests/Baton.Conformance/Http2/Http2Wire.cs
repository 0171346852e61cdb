// A client that speaks HTTP/2 frame by frame: what a library would not send, and what it would not show.
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Baton.Conformance.Harness;

namespace Baton.Conformance.Http2;

/// <summary>One frame as it came; <see cref="Type"/> and <see cref="Flags"/> by their numbers (RFC 9113 §6).</summary>
internal sealed record WireFrame(int Type, int Flags, int Stream, byte[] Payload)
{
    public const int Data = 0,
        Headers = 1,
        Reset = 3,
        Settings = 4,
        Ping = 6,
        GoAway = 7,
        WindowUpdate = 8;

    public bool EndsStream => (Flags & 1) != 0;

    /// <summary>The code of a RST_STREAM or a GOAWAY.</summary>
    public int Error => BinaryPrimitives.ReadInt32BigEndian(Payload.AsSpan(Type == GoAway ? 4 : 0));
}

/// <summary>Reads block until something comes, the peer closes (null), or patience ends.</summary>
internal sealed class Http2Wire : IDisposable
{
    private readonly TcpClient _client = new();
    private readonly NetworkStream _stream;

    public Http2Wire(int port, bool greets = true)
    {
        _client.Connect(IPAddress.Loopback, port);
        _client.NoDelay = true;
        _stream = _client.GetStream();
        _stream.ReadTimeout = Patience.Ms;
        if (greets)
            Send([.. Preface, .. Frame(WireFrame.Settings, 0, 0)]);
    }

    public static byte[] Preface => Encoding.ASCII.GetBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

    public static byte[] Frame(int type, int flags, int stream, params byte[] payload)
    {
        byte[] frame = new byte[9 + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, payload.Length << 8 | type);
        frame[4] = (byte)flags;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame, 9);
        return frame;
    }

    /// <summary>A field as a literal; <paramref name="kind"/> 0x40 puts it into the table.</summary>
    public static byte[] Field(string name, string value, byte kind = 0) =>
        [kind, (byte)name.Length, .. Encoding.Latin1.GetBytes(name), (byte)value.Length, .. Encoding.Latin1.GetBytes(value)];

    /// <summary>The block of a GET, with what a test adds to it.</summary>
    public static byte[] Request(string path, string method = "GET", params byte[][] more) =>
        [
            .. Field(":method", method),
            .. Field(":scheme", "http"),
            .. Field(":authority", "a"),
            .. Field(":path", path),
            .. more.SelectMany(f => f),
        ];

    public void Send(byte[] bytes) => _stream.Write(bytes);

    /// <summary>HEADERS that hold a whole block.</summary>
    public void SendHeaders(int stream, byte[] block, bool ends = true) => Send(Frame(WireFrame.Headers, ends ? 5 : 4, stream, block));

    /// <summary>The next frame; null when the peer has closed or reset the connection.</summary>
    public WireFrame? Read()
    {
        try
        {
            byte[] header = new byte[9];
            if (_stream.ReadAtLeast(header, 9, throwOnEndOfStream: false) < 9)
                return null;
            int first = BinaryPrimitives.ReadInt32BigEndian(header);
            byte[] payload = new byte[(uint)first >> 8];
            _stream.ReadExactly(payload);
            return new WireFrame(first & 0xFF, header[4], BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(5)) & int.MaxValue, payload);
        }
        catch (IOException e) when (e.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionReset })
        {
            return null;
        }
    }

    /// <summary>The next frame of a type, whatever comes before it; null when the connection ends first.</summary>
    public WireFrame? ReadUntil(int type)
    {
        while (Read() is { } frame)
            if (frame.Type == type)
                return frame;
        return null;
    }

    /// <summary>Reads to the end of a stream, be it by a flag or a reset; its frames.</summary>
    public List<WireFrame> ReadStream(int stream)
    {
        var frames = new List<WireFrame>();
        while (Read() is { } frame)
        {
            if (frame.Stream != stream || frame.Type == WireFrame.WindowUpdate)
                continue;
            frames.Add(frame);
            if (frame.Type == WireFrame.Reset || frame.EndsStream)
                break;
        }
        return frames;
    }

    /// <summary>The body of a stream that has come to its end, as text.</summary>
    public string ReadBody(int stream) =>
        string.Concat(ReadStream(stream).Where(f => f.Type == WireFrame.Data).Select(f => Encoding.Latin1.GetString(f.Payload)));

    public void Dispose() => _client.Dispose();
}
