// One connection of the origin: HTTP requests one after the other, or an echo, or a WebSocket echo.
using System;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Baton.Inject.Load;
using Baton.Interop.Linux;

namespace Baton.Inject.Serve;

/// <summary>Edge triggered: <see cref="Serve"/> reads and writes until both would block.</summary>
internal sealed unsafe class OriginConnection(OriginServer server, int fd, bool echo)
{
    private enum State
    {
        Head,
        RequestBody,
        Answer,
        Echo,
        WebSocket,
    }

    private readonly WebSocketEcho _webSocket = new();
    private State _state = echo ? State.Echo : State.Head;
    private byte[] _pending = [];
    private int _pendingLength;
    private byte[] _out = [];
    private int _outAt,
        _outEnd;
    private long _requestLeft,
        _requestSeen,
        _answerLeft,
        _answerAt;
    private bool _close,
        _wrongBody;

    /// <summary>False when the connection is over.</summary>
    public bool Serve()
    {
        while (true)
        {
            if (!Flush(out bool blocked))
                return false;
            if (blocked)
                return true;
            if (_state == State.Answer)
            {
                if (_close)
                    return false;
                _state = State.Head;
            }
            if (_pendingLength > 0 && _state == State.Head && HeadComplete())
            {
                if (!Take())
                    return false;
                continue;
            }
            nint n = Sockets.recv(fd, server.Buffer, OriginServer.BufferSize, 0);
            if (n == 0)
                return false;
            if (n < 0)
                return Sockets.Last == Errno.EAGAIN;
            // SAFETY: the server's buffer is used by one connection at a time and outlives the call.
            if (!Feed(new ReadOnlySpan<byte>(server.Buffer, (int)n)))
                return false;
        }
    }

    private bool Feed(ReadOnlySpan<byte> bytes)
    {
        switch (_state)
        {
            case State.Echo:
                Append(bytes);
                return true;
            case State.WebSocket:
                Reserve(bytes.Length + WebSocketEcho.MaxHeader * (bytes.Length / 6 + 1));
                return _webSocket.Feed(bytes, _out, ref _outEnd);
            case State.RequestBody:
                return Body(bytes);
            default:
                Keep(bytes);
                return !HeadComplete() ? _pendingLength < 16384 : Take();
        }
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        if (_pending.Length < _pendingLength + bytes.Length)
            Array.Resize(ref _pending, Math.Max(1024, _pendingLength + bytes.Length));
        bytes.CopyTo(_pending.AsSpan(_pendingLength));
        _pendingLength += bytes.Length;
    }

    private bool HeadComplete() => _pending.AsSpan(0, _pendingLength).IndexOf("\r\n\r\n"u8) >= 0;

    /// <summary>Takes the complete head at the start of what is pending.</summary>
    private bool Take()
    {
        ReadOnlySpan<byte> all = _pending.AsSpan(0, _pendingLength);
        int end = all.IndexOf("\r\n\r\n"u8);
        ReadOnlySpan<byte> head = all[..(end + 2)];
        ReadOnlySpan<byte> length = Value(head, "\r\ncontent-length:"u8),
            key = Value(head, "\r\nsec-websocket-key:"u8);
        _requestLeft = length.IsEmpty || !Utf8Parser.TryParse(length, out long l, out _) ? 0 : l;
        (_requestSeen, _wrongBody) = (0, false);
        _close = Value(head, "\r\nconnection:"u8).SequenceEqual("close"u8);
        int sp = head.IndexOf((byte)' ');
        ReadOnlySpan<byte> path = head[(sp + 1)..];
        path = path[..Math.Max(0, path.IndexOf((byte)' '))];
        _answerLeft = path.StartsWith("/size/"u8) && Utf8Parser.TryParse(path[6..], out long size, out _) ? size : server.Size;
        _answerAt = 0;
        if (!key.IsEmpty)
        {
            Upgrade(key);
            _state = State.WebSocket;
        }
        else
            _state = State.RequestBody;
        byte[] rest = all[(end + 4)..].ToArray();
        _pendingLength = 0;
        return _state == State.WebSocket ? rest.Length == 0 || Feed(rest) : Body(rest);
    }

    private bool Body(ReadOnlySpan<byte> bytes)
    {
        int take = (int)Math.Min(_requestLeft, bytes.Length);
        if (take > 0 && !Pattern.Matches(bytes[..take], _requestSeen))
            _wrongBody = true;
        _requestLeft -= take;
        _requestSeen += take;
        if (take < bytes.Length)
            Keep(bytes[take..]);
        if (_requestLeft == 0)
            Answer();
        return true;
    }

    private void Answer()
    {
        if (_wrongBody)
            (_answerLeft, _close) = (0, true);
        Append(_wrongBody ? "HTTP/1.1 400 Bad Request\r\nContent-Length: "u8 : "HTTP/1.1 200 OK\r\nContent-Length: "u8);
        Span<byte> number = stackalloc byte[20];
        Utf8Formatter.TryFormat(_answerLeft, number, out int digits);
        Append(number[..digits]);
        Append(_close ? "\r\nConnection: close\r\n\r\n"u8 : "\r\n\r\n"u8);
        // a small body leaves in the same segment as the head
        int first = (int)Math.Min(_answerLeft, 16384);
        Append(Pattern.At(0, first));
        _answerAt = first;
        _answerLeft -= first;
        _state = State.Answer;
    }

    private void Upgrade(ReadOnlySpan<byte> key)
    {
        byte[] accept = SHA1.HashData(Encoding.ASCII.GetBytes(Encoding.ASCII.GetString(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"));
        Append(
            Encoding.ASCII.GetBytes(
                $"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: {Convert.ToBase64String(accept)}\r\n\r\n"
            )
        );
    }

    /// <summary>The value of a field in a head; the name is lower case, with the line end before it and the colon after it.</summary>
    private static ReadOnlySpan<byte> Value(ReadOnlySpan<byte> head, ReadOnlySpan<byte> name)
    {
        for (int at = 0; at + name.Length <= head.Length; )
        {
            int next = head[at..].IndexOf((byte)'\r');
            if (next < 0)
                return default;
            at += next;
            if (at + name.Length <= head.Length && Ascii.EqualsIgnoreCase(head.Slice(at, name.Length), name))
            {
                ReadOnlySpan<byte> rest = head[(at + name.Length)..];
                return rest[..rest.IndexOf((byte)'\r')].Trim((byte)' ');
            }
            at++;
        }
        return default;
    }

    private void Reserve(int more)
    {
        if (_outAt == _outEnd)
            _outAt = _outEnd = 0;
        if (_out.Length < _outEnd + more)
            Array.Resize(ref _out, Math.Max(512, (_outEnd + more) * 3 / 2));
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_out.AsSpan(_outEnd));
        _outEnd += bytes.Length;
    }

    /// <summary>Sends what waits; false when the connection is broken.</summary>
    private bool Flush(out bool blocked)
    {
        blocked = false;
        while (true)
        {
            ReadOnlySpan<byte> piece =
                _outAt < _outEnd ? _out.AsSpan(_outAt, _outEnd - _outAt)
                : _state == State.Answer && _answerLeft > 0 ? Pattern.At(_answerAt, (int)Math.Min(_answerLeft, Pattern.MaxLength))
                : default;
            if (piece.IsEmpty)
                return true;
            nint n;
            fixed (byte* p = piece)
                n = Sockets.send(fd, p, piece.Length, Sockets.MSG_NOSIGNAL);
            if (n < 0)
            {
                blocked = Sockets.Last == Errno.EAGAIN;
                return blocked;
            }
            if (_outAt < _outEnd)
                _outAt += (int)n;
            else
            {
                _answerAt += n;
                _answerLeft -= n;
            }
        }
    }
}
