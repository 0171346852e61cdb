// A connection to the scripted origin: what the script reads from it and writes to it.
using System;
using System.Collections.Generic;
using System.IO;
using System.Net.Sockets;
using System.Text;

namespace Baton.Conformance.Harness;

/// <summary>One connection as the origin's script sees it. Reads throw IOException at the end of stream.</summary>
public sealed class OriginConnection(OriginServer server, Socket socket, int number)
{
    private readonly List<byte> _pending = [];
    private readonly byte[] _buffer = new byte[65536];
    private readonly TestWire? _wire = TestWire.Create();

    /// <summary>1 for the server's first connection.</summary>
    public int Number => number;
    public Socket Socket => socket;

    public string ReadHead() => TryReadHead(out string head) ? head : throw new IOException("end of stream instead of a head");

    /// <summary>Reads a head including its empty line; false at an orderly end before its first byte.</summary>
    public bool TryReadHead(out string head)
    {
        while (true)
        {
            int end = HttpText.HeadEnd(_pending);
            if (end >= 0)
            {
                head = Encoding.Latin1.GetString(_pending.GetRange(0, end).ToArray());
                _pending.RemoveRange(0, end);
                server.Heads.Enqueue(head);
                return true;
            }
            if (!Fill())
            {
                head = "";
                return _pending.Count == 0 ? false : throw new IOException("end of stream within a head");
            }
        }
    }

    public byte[] ReadBytes(int count)
    {
        while (_pending.Count < count)
            if (!Fill())
                throw new IOException("end of stream within a body");
        byte[] bytes = _pending.GetRange(0, count).ToArray();
        _pending.RemoveRange(0, count);
        return bytes;
    }

    /// <summary>Reads up to and including the text.</summary>
    public string ReadUntil(string text)
    {
        while (true)
        {
            string s = Encoding.Latin1.GetString(_pending.ToArray());
            int at = s.IndexOf(text, StringComparison.Ordinal);
            if (at >= 0)
            {
                _pending.RemoveRange(0, at + text.Length);
                return s[..(at + text.Length)];
            }
            if (!Fill())
                throw new IOException($"end of stream before '{text}', got '{s}'");
        }
    }

    /// <summary>Everything until the client ends the stream.</summary>
    public byte[] ReadToEnd()
    {
        while (Fill()) { }
        byte[] all = _pending.ToArray();
        _pending.Clear();
        return all;
    }

    /// <summary>What is there, at least one byte; empty at the end.</summary>
    public byte[] ReadSome()
    {
        if (_pending.Count == 0 && !Fill())
            return [];
        byte[] all = _pending.ToArray();
        _pending.Clear();
        return all;
    }

    public void Send(string text) => Send(Encoding.Latin1.GetBytes(text));

    public void Send(ReadOnlySpan<byte> bytes)
    {
        if (_wire is not null)
            bytes = _wire.ToSend(bytes);
        while (bytes.Length > 0)
            bytes = bytes[socket.Send(bytes)..];
    }

    public void ShutdownSend() => socket.Shutdown(SocketShutdown.Send);

    public void Close()
    {
        try
        {
            socket.Dispose();
        }
        catch (SocketException) { }
    }

    /// <summary>Closes with a reset.</summary>
    public void Reset()
    {
        socket.LingerState = new LingerOption(true, 0);
        socket.Dispose();
    }

    private bool Fill()
    {
        int n = socket.Receive(_buffer);
        _wire?.Received(_buffer.AsSpan(0, n));
        _pending.AddRange(new ReadOnlySpan<byte>(_buffer, 0, n));
        return n > 0;
    }
}
