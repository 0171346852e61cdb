// A client on a raw socket: sends exactly the bytes given and reads responses without forgiving anything.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Xunit;

namespace Baton.Conformance.Harness;

public sealed class RawClient : IDisposable
{
    private readonly List<byte> _pending = [];
    private readonly byte[] _buffer = new byte[65536];

    private readonly TestWire? _wire;

    private RawClient(Socket socket, TestWire? wire = null)
    {
        _wire = wire;
        Socket = socket;
        socket.ReceiveTimeout = Patience.Ms;
        socket.SendTimeout = Patience.Ms;
    }

    public Socket Socket { get; }

    /// <summary>The client's own port, as logs show it.</summary>
    public int LocalPort => ((IPEndPoint)Socket.LocalEndPoint!).Port;

    public static RawClient Tcp(int port, string address = "127.0.0.1", string? from = null, int receiveBuffer = 0)
    {
        IPAddress ip = IPAddress.Parse(address);
        var socket = new Socket(ip.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (receiveBuffer > 0)
            socket.ReceiveBufferSize = receiveBuffer;
        if (from is not null)
            socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
        socket.Connect(new IPEndPoint(ip, port));
        return new RawClient(socket, TestWire.Create());
    }

    /// <summary>A UNIX path, or an abstract name after '\0'.</summary>
    public static RawClient Unix(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(path));
        return new RawClient(socket);
    }

    public void Send(string text) => Send(Encoding.Latin1.GetBytes(text));

    public void Send(ReadOnlySpan<byte> bytes)
    {
        if (_wire is not null)
            bytes = _wire.ToSend(bytes);
        while (bytes.Length > 0)
            bytes = bytes[Socket.Send(bytes)..];
    }

    public void ShutdownSend() => Socket.Shutdown(SocketShutdown.Send);

    /// <summary>Closes with a reset.</summary>
    public void Reset()
    {
        Socket.LingerState = new LingerOption(true, 0);
        Socket.Dispose();
    }

    /// <summary>Sends a request and reads its response.</summary>
    public Response Ask(string request)
    {
        Send(request);
        return ReadResponse(request.StartsWith("HEAD ", StringComparison.Ordinal));
    }

    /// <summary>A GET with a Host header.</summary>
    public Response Get(string target = "/", string headers = "") => Ask($"GET {target} HTTP/1.1\r\nHost: example.test\r\n{headers}\r\n");

    /// <summary>The status line and headers, with the empty line.</summary>
    public string ReadHead()
    {
        int end;
        while ((end = HttpText.HeadEnd(_pending)) < 0)
            if (!Fill())
                throw new IOException($"end of stream instead of a head; got '{Encoding.Latin1.GetString(_pending.ToArray())}'");
        return Encoding.Latin1.GetString(Take(end));
    }

    public Response ReadResponse(bool isHead = false)
    {
        string head = ReadHead();
        int status = int.Parse(head.AsSpan(9, 3), CultureInfo.InvariantCulture);
        if (isHead || status is 204 or 304 || status < 200)
            return new Response(status, head, "");
        if (HttpText.Header(head, "transfer-encoding") is { } te && te.Contains("chunked", StringComparison.OrdinalIgnoreCase))
            return new Response(status, head, ReadChunked(out string trailers)) { Trailers = trailers };
        int length = HttpText.ContentLength(head);
        return new Response(status, head, Encoding.Latin1.GetString(length >= 0 ? ReadBytes(length) : ReadToEnd()));
    }

    private string ReadChunked(out string trailers)
    {
        var body = new StringBuilder();
        while (true)
        {
            string line = ReadUntil("\r\n");
            int size = int.Parse(line.AsSpan(0, line.IndexOfAny([';', '\r'])), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (size == 0)
                break;
            body.Append(Encoding.Latin1.GetString(ReadBytes(size)));
            Assert.Equal("\r\n", Encoding.Latin1.GetString(ReadBytes(2)));
        }
        var all = new StringBuilder();
        string trailer;
        while ((trailer = ReadUntil("\r\n")) != "\r\n")
            all.Append(trailer);
        trailers = all.ToString();
        return body.ToString();
    }

    public byte[] ReadBytes(int count)
    {
        while (_pending.Count < count)
            if (!Fill())
                throw new IOException($"end of stream {_pending.Count} of {count} bytes in");
        return Take(count);
    }

    public string ReadUntil(string text)
    {
        while (true)
        {
            string s = Encoding.Latin1.GetString(_pending.ToArray());
            int at = s.IndexOf(text, StringComparison.Ordinal);
            if (at >= 0)
                return Encoding.Latin1.GetString(Take(at + text.Length));
            if (!Fill())
                throw new IOException($"end of stream before '{text}', got '{s}'");
        }
    }

    /// <summary>Everything until the peer ends the stream; a reset ends it too.</summary>
    public byte[] ReadToEnd()
    {
        try
        {
            while (Fill()) { }
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset) { }
        return Take(_pending.Count);
    }

    public string ReadTextToEnd() => Encoding.Latin1.GetString(ReadToEnd());

    /// <summary>Fails unless the peer ends the stream now, with nothing more to say.</summary>
    public void ExpectEnd(int withinMs = Patience.Ms)
    {
        Socket.ReceiveTimeout = withinMs;
        try
        {
            if (_pending.Count > 0 || Fill())
                Assert.Fail($"expected the end, got '{Encoding.Latin1.GetString(_pending.ToArray())}'");
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset) { }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock)
        {
            Assert.Fail($"the connection is still open after {withinMs} ms");
        }
        finally
        {
            Socket.ReceiveTimeout = Patience.Ms;
        }
    }

    /// <summary>Fails if anything arrives, or the stream ends, within the time.</summary>
    public void ExpectSilence(int forMs)
    {
        Socket.ReceiveTimeout = forMs;
        try
        {
            bool more = Fill();
            Assert.Fail(more ? $"expected silence, got '{Encoding.Latin1.GetString(_pending.ToArray())}'" : "the connection was closed");
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock) { }
        finally
        {
            Socket.ReceiveTimeout = Patience.Ms;
        }
    }

    private byte[] Take(int count)
    {
        byte[] bytes = _pending.GetRange(0, count).ToArray();
        _pending.RemoveRange(0, count);
        return bytes;
    }

    private bool Fill()
    {
        int n = Socket.Receive(_buffer);
        _wire?.Received(_buffer.AsSpan(0, n));
        _pending.AddRange(new ReadOnlySpan<byte>(_buffer, 0, n));
        return n > 0;
    }

    public void Dispose() => Socket.Dispose();
}
