// A WebSocket (RFC 6455): the upgrade, then masked binary messages whose echo must come back whole and unmasked.
using System;
using System.Buffers.Binary;

namespace Baton.Inject.Load;

public sealed class WebSocketConnection(LoadThread thread, int index) : LoadConnection(thread, index)
{
    private const int MaxHeader = 14;

    private readonly byte[] _out = new byte[thread.Options.Body + MaxHeader];
    private readonly byte[] _header = new byte[10];
    private AnswerReader _answer;
    private int _outAt,
        _outEnd,
        _headerLength;
    private long _payloadLeft,
        _position;
    private bool _upgraded,
        _inPayload,
        _helloOut;

    protected override bool RequestOut => _outAt == _outEnd && (_upgraded || _helloOut);

    protected override void Opened()
    {
        _upgraded = _inPayload = _helloOut = false;
        _position = 0;
        _headerLength = _outAt = _outEnd = 0;
        _answer.Reset();
    }

    protected override void Start()
    {
        if (_upgraded)
        {
            BuildMessage();
            Flush();
            return;
        }
        if (_helloOut)
            return;
        int n = Send(Thread.RequestHead);
        if (n >= 0)
            _helloOut = n == Thread.RequestHead.Length;
    }

    protected override void Ready(uint events)
    {
        if (!_helloOut)
        {
            Start();
            if (!Busy)
                return;
        }
        if (_upgraded && !Flush())
            return;
        while (Busy)
        {
            int n = Receive(out ReadOnlySpan<byte> bytes);
            if (n < 0)
                return;
            if (n == 0)
            {
                Fail(ErrorKind.Short);
                return;
            }
            if (!_upgraded && !Upgrade(ref bytes))
                return;
            if (!bytes.IsEmpty && !Frames(bytes))
            {
                Fail(ErrorKind.Wrong);
                return;
            }
            if (n < LoadThread.BufferSize && !PeerEnded)
                return;
        }
    }

    private bool Upgrade(ref ReadOnlySpan<byte> bytes)
    {
        AnswerStatus status = _answer.Feed(bytes, false, out int used);
        if (status == AnswerStatus.More)
            return false;
        if (status == AnswerStatus.Bad || _answer.Status != 101)
        {
            Fail(ErrorKind.Wrong);
            return false;
        }
        bytes = bytes[used..];
        _upgraded = true;
        BuildMessage();
        return Flush();
    }

    /// <summary>One final binary frame, masked with a key that changes with every message.</summary>
    private void BuildMessage()
    {
        int length = (int)Options.Body,
            at = 2;
        _out[0] = 0x82;
        if (length < 126)
            _out[1] = (byte)(0x80 | length);
        else if (length <= 65535)
        {
            _out[1] = 0x80 | 126;
            BinaryPrimitives.WriteUInt16BigEndian(_out.AsSpan(2), (ushort)length);
            at = 4;
        }
        else
        {
            _out[1] = 0x80 | 127;
            BinaryPrimitives.WriteInt64BigEndian(_out.AsSpan(2), length);
            at = 10;
        }
        uint key = (uint)(_position * 2654435761 + Index + 1);
        BinaryPrimitives.WriteUInt32LittleEndian(_out.AsSpan(at), key);
        at += 4;
        Pattern.At(_position + Index, length).CopyTo(_out.AsSpan(at));
        for (int i = 0; i < length; i++)
            _out[at + i] ^= (byte)(key >> ((i & 3) * 8));
        (_outAt, _outEnd) = (0, at + length);
    }

    private bool Flush()
    {
        while (_outAt < _outEnd)
        {
            int n = Send(_out.AsSpan(_outAt, _outEnd - _outAt));
            if (n < 0)
                return n == -1;
            _outAt += n;
        }
        return true;
    }

    /// <summary>False when the bytes are not the echo of what was sent.</summary>
    private bool Frames(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (!_inPayload)
            {
                _header[_headerLength++] = bytes[0];
                bytes = bytes[1..];
                int need =
                    _headerLength < 2
                        ? 2
                        : _header[1] switch
                        {
                            126 => 4,
                            127 => 10,
                            _ => 2,
                        };
                if (_headerLength < need)
                    continue;
                if (_header[0] != 0x82)
                    return false;
                _payloadLeft = _header[1] switch
                {
                    126 => BinaryPrimitives.ReadUInt16BigEndian(_header.AsSpan(2)),
                    127 => BinaryPrimitives.ReadInt64BigEndian(_header.AsSpan(2)),
                    _ => _header[1],
                };
                if (_payloadLeft != Options.Body)
                    return false;
                (_inPayload, _headerLength) = (true, 0);
                continue;
            }
            int take = (int)Math.Min(_payloadLeft, bytes.Length);
            if (!Pattern.Matches(bytes[..take], _position + Index))
                return false;
            _position += take;
            _payloadLeft -= take;
            bytes = bytes[take..];
            if (_payloadLeft > 0)
                continue;
            _inPayload = false;
            if (!bytes.IsEmpty)
                return false;
            Succeed(keep: true);
        }
        return true;
    }
}
