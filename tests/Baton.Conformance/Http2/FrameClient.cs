// A client on a raw socket that speaks HTTP/2 frame by frame: sends exactly what a test says, right or wrong, and tells what comes back.
// It knows nothing of the proxy's own codec.
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

public sealed class FrameClient : IDisposable
{
    public const byte Data = 0,
        Headers = 1,
        Priority = 2,
        RstStream = 3,
        Settings = 4,
        Ping = 6,
        GoAway = 7,
        WindowUpdate = 8,
        Continuation = 9;
    public const byte EndStream = 1,
        EndHeaders = 4;
    public const uint EnhanceYourCalm = 11;

    /// <summary>How long the peer may take nothing until a flood ends (ms).</summary>
    private const int FloodPatienceMs = 3000;

    private readonly Socket _socket;
    private readonly List<byte> _pending = [];
    private readonly byte[] _buffer = new byte[65536];
    private readonly TestWire? _wire = TestWire.Create();

    public FrameClient(int port)
    {
        _socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        _socket.Connect(new IPEndPoint(IPAddress.Loopback, port));
        _socket.ReceiveTimeout = _socket.SendTimeout = Patience.Ms;
    }

    /// <summary>The other end of a connection that was accepted.</summary>
    internal FrameClient(Socket accepted)
    {
        _socket = accepted;
        _socket.NoDelay = true;
    }

    /// <summary>A frame that came.</summary>
    public sealed record Frame(byte Type, byte Flags, int Stream, byte[] Payload)
    {
        /// <summary>Of RST_STREAM and GOAWAY.</summary>
        public uint Error => BinaryPrimitives.ReadUInt32BigEndian(Payload.AsSpan(Type == GoAway ? 4 : 0));

        public bool Ends => Type is Data or Headers && (Flags & EndStream) != 0;
    }

    /// <summary>What a connection begins with.</summary>
    public static byte[] Preface => [.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8];

    /// <summary>Preface and SETTINGS: pairs of a number and a value.</summary>
    public FrameClient Start(params (int Id, uint Value)[] settings)
    {
        Send([.. Preface, .. MakeSettings(settings)]);
        return this;
    }

    public static byte[] MakeSettings(params (int Id, uint Value)[] settings)
    {
        byte[] payload = new byte[6 * settings.Length];
        for (int i = 0; i < settings.Length; i++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(payload.AsSpan(6 * i), (ushort)settings[i].Id);
            BinaryPrimitives.WriteUInt32BigEndian(payload.AsSpan(6 * i + 2), settings[i].Value);
        }
        return Make(Settings, 0, 0, payload);
    }

    public static byte[] Make(byte type, byte flags, int stream, params byte[] payload)
    {
        byte[] frame = new byte[9 + payload.Length];
        BinaryPrimitives.WriteUInt32BigEndian(frame, (uint)payload.Length << 8 | type);
        frame[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame, 9);
        return frame;
    }

    /// <summary>Fields as literals, none of them indexed.</summary>
    public static byte[] Block(params (string Name, string Value)[] fields) =>
        [.. fields.SelectMany(f => (byte[])[0, .. Text(f.Name), .. Text(f.Value)])];

    /// <summary>One field; <paramref name="kind"/> 0x40 puts it into the table.</summary>
    public static byte[] Field(string name, string value, byte kind = 0) => [kind, .. Text(name), .. Text(value)];

    private static byte[] Text(string text)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(text);
        int left = bytes.Length - 127;
        if (left < 0)
            return [(byte)bytes.Length, .. bytes];
        List<byte> length = [127];
        for (; left >= 128; left >>= 7)
            length.Add((byte)(left | 128));
        return [.. length, (byte)left, .. bytes];
    }

    public static byte[] Request(string method = "GET", string path = "/", params (string, string)[] fields) =>
        Block([(":method", method), (":scheme", "http"), (":authority", "a.test"), (":path", path), .. fields]);

    public void Send(ReadOnlySpan<byte> bytes)
    {
        if (_wire is not null)
            bytes = _wire.ToSend(bytes);
        while (bytes.Length > 0)
            bytes = bytes[_socket.Send(bytes)..];
    }

    public void Send(byte type, byte flags, int stream, params byte[] payload) => Send(Make(type, flags, stream, payload));

    /// <summary>HEADERS with a whole block.</summary>
    public void SendHeaders(int stream, byte[] block, bool ends = true) =>
        Send(Headers, (byte)(EndHeaders | (ends ? EndStream : 0)), stream, block);

    /// <summary>
    /// Sends pieces until the peer has closed, or takes nothing for some seconds; reads nothing meanwhile. True when all went.
    /// </summary>
    public bool Flood(IEnumerable<byte[]> pieces)
    {
        _socket.SendTimeout = FloodPatienceMs;
        try
        {
            foreach (byte[] piece in pieces)
                Send(piece);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
        finally
        {
            _socket.SendTimeout = Patience.Ms;
        }
    }

    /// <summary>The next frame; null at the end of the connection, be it a reset.</summary>
    public Frame? Read()
    {
        while (_pending.Count < 9 || _pending.Count < 9 + Length)
            if (!Fill())
                return null;
        byte[] bytes = _pending.GetRange(0, 9 + Length).ToArray();
        _pending.RemoveRange(0, bytes.Length);
        return new Frame(bytes[3], bytes[4], BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(5)), bytes[9..]);
    }

    private bool Fill()
    {
        int n;
        try
        {
            n = _socket.Receive(_buffer);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            return false;
        }
        _wire?.Received(_buffer.AsSpan(0, n));
        _pending.AddRange(_buffer.AsSpan(0, n));
        return n > 0;
    }

    /// <summary>What comes, whatever it is.</summary>
    public byte[] ReadBytes(int count)
    {
        while (_pending.Count < count)
            if (!Fill())
                throw new IOException("the connection has ended before the bytes came");
        byte[] bytes = _pending.GetRange(0, count).ToArray();
        _pending.RemoveRange(0, count);
        return bytes;
    }

    private int Length => _pending[0] << 16 | _pending[1] << 8 | _pending[2];

    /// <summary>Reads until a frame is what is looked for; fails when the connection ends before.</summary>
    public Frame ReadUntil(Func<Frame, bool> wanted)
    {
        while (Read() is { } frame)
            if (wanted(frame))
                return frame;
        throw new IOException("the connection has ended before the frame came");
    }

    /// <summary>The next frame of a type.</summary>
    public Frame ReadUntil(byte type) => ReadUntil(f => f.Type == type);

    /// <summary>What comes on a stream until it ends, be it by a reset.</summary>
    public List<Frame> ReadStream(int stream)
    {
        List<Frame> frames = [];
        do frames.Add(ReadUntil(f => f.Stream == stream && f.Type is (Headers or Data or RstStream)));
        while (!frames[^1].Ends && frames[^1].Type != RstStream);
        return frames;
    }

    /// <summary>The body of a stream that comes to its end, as text.</summary>
    public string ReadBody(int stream) =>
        string.Concat(ReadStream(stream).Where(f => f.Type == Data).Select(f => Encoding.Latin1.GetString(f.Payload)));

    /// <summary>Reads to the end of the connection; the error of its GOAWAY, null without one.</summary>
    public uint? ReadToGoAway()
    {
        uint? error = null;
        while (Read() is { } frame)
            if (frame.Type == GoAway)
                error = frame.Error;
        return error;
    }

    /// <summary>A whole request and its answer on a stream: the block of the answer's head and its body.</summary>
    public (byte[] Head, string Body) Ask(int stream, string path = "/")
    {
        Send(Headers, EndHeaders | EndStream, stream, Request(path: path));
        byte[] head = [];
        var body = new StringBuilder();
        while (true)
        {
            Frame frame = ReadUntil(f => f.Stream == stream && f.Type is Headers or Data or RstStream);
            if (frame.Type == RstStream)
                throw new IOException($"the stream was reset: {frame.Error}");
            if (frame.Type == Headers)
                head = frame.Payload;
            else
                body.Append(Encoding.Latin1.GetString(frame.Payload));
            if (frame.Ends)
                return (head, body.ToString());
        }
    }

    /// <summary>Says that nothing more comes.</summary>
    public void CloseWriting() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Closes by a reset; what was sent and has arrived stays to be read there.</summary>
    public void Abort() => _socket.Close(0);

    public void Dispose() => _socket.Dispose();
}
