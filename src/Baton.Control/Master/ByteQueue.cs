using System;

namespace Baton.Control.Master;

/// <summary>Bytes on their way: appended behind, taken in front. What has been taken is moved over at most once.</summary>
internal sealed class ByteQueue
{
    private const int Small = 4096;

    private byte[] _bytes = [];
    private int _start,
        _end;

    public int Count => _end - _start;
    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(_start, _end - _start);

    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (_end + bytes.Length > _bytes.Length)
        {
            int kept = Count;
            byte[] target = (kept + bytes.Length) * 2 <= _bytes.Length ? _bytes : new byte[Math.Max(Small, (kept + bytes.Length) * 2)];
            Bytes.CopyTo(target);
            (_bytes, _start, _end) = (target, 0, kept);
        }
        bytes.CopyTo(_bytes.AsSpan(_end));
        _end += bytes.Length;
    }

    public void Take(int count)
    {
        _start += count;
        if (_start < _end)
            return;
        _start = _end = 0;
        // one long answer leaves nothing behind
        if (_bytes.Length > Small * 32)
            _bytes = [];
    }
}
