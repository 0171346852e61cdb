using System;

namespace Baton.Control.Master;

/// <summary>Finds the end of a payload in bytes that are passed on as they come: an empty line, or the line that was announced.</summary>
internal sealed class PayloadScanner(byte[] last)
{
    private readonly byte[] _line = new byte[last.Length + 1];
    private int _length;

    /// <summary>How many of the bytes belong to the payload, its last line included; <paramref name="ended"/> when it is there.</summary>
    public int Scan(ReadOnlySpan<byte> bytes, out bool ended)
    {
        for (int i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] != '\n')
            {
                if (_length < _line.Length)
                    _line[_length] = bytes[i];
                _length++;
                continue;
            }
            int length = _length > 0 && _length <= _line.Length && _line[_length - 1] == '\r' ? _length - 1 : _length;
            _length = 0;
            ended = length == last.Length && _line.AsSpan(0, length).SequenceEqual(last);
            if (ended)
                return i + 1;
        }
        ended = false;
        return bytes.Length;
    }
}
