// The server's side of a WebSocket (RFC 6455) that sends every frame back: unmasked, with its opcode, piece by piece as it arrives.
using System;
using System.Buffers.Binary;

namespace Baton.Inject.Serve;

internal sealed class WebSocketEcho
{
    public const int MaxHeader = 14;
    private const int Close = 8;

    private readonly byte[] _header = new byte[MaxHeader];
    private int _length;
    private long _left;
    private uint _key;
    private int _phase;
    private bool _inPayload,
        _closing;

    /// <summary>Echoes into <paramref name="to"/> at <paramref name="end"/>; false when the client broke the protocol or has
    /// closed.</summary>
    public bool Feed(ReadOnlySpan<byte> bytes, byte[] to, ref int end)
    {
        while (!bytes.IsEmpty)
        {
            if (!_inPayload)
            {
                _header[_length++] = bytes[0];
                bytes = bytes[1..];
                int extended =
                    _length < 2
                        ? 0
                        : (_header[1] & 127) switch
                        {
                            126 => 2,
                            127 => 8,
                            _ => 0,
                        };
                if (_length < 2 || _length < 6 + extended)
                    continue;
                // a client's frame must be masked (section 5.1)
                if ((_header[1] & 128) == 0)
                    return false;
                _left = extended switch
                {
                    2 => BinaryPrimitives.ReadUInt16BigEndian(_header.AsSpan(2)),
                    8 => BinaryPrimitives.ReadInt64BigEndian(_header.AsSpan(2)),
                    _ => _header[1] & 127,
                };
                _key = BinaryPrimitives.ReadUInt32LittleEndian(_header.AsSpan(2 + extended));
                _closing = (_header[0] & 15) == Close;
                _header[1] &= 127;
                _header.AsSpan(0, 2 + extended).CopyTo(to.AsSpan(end));
                end += 2 + extended;
                (_phase, _length, _inPayload) = (0, 0, _left > 0);
            }
            int take = (int)Math.Min(_left, bytes.Length);
            for (int i = 0; i < take; i++)
                to[end + i] = (byte)(bytes[i] ^ (byte)(_key >> ((_phase + i & 3) * 8)));
            _phase += take;
            end += take;
            _left -= take;
            bytes = bytes[take..];
            _inPayload = _left > 0;
        }
        return !_closing || _inPayload;
    }
}
