// Events kept in memory for "show events": the last ones, as lines. A reader has a place of its own in what was ever written.
using System;
using System.Text;

namespace Baton.Engine.Traces;

/// <summary>Any thread, under its own lock.</summary>
public sealed class TraceRing(int size)
{
    private readonly System.Threading.Lock _gate = new();

    /// <summary>Taken when there is something to keep.</summary>
    private byte[] _bytes = [];
    private long _begin,
        _end;

    /// <summary>Behind the last line.</summary>
    public long End
    {
        get
        {
            lock (_gate)
                return _end;
        }
    }

    /// <summary>Keeps a line; the oldest make room for it. One that is longer than the ring is cut.</summary>
    public void Append(string line)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(line);
        int length = Math.Min(bytes.Length, size / 2);
        lock (_gate)
        {
            if (_bytes.Length == 0)
                _bytes = new byte[size];
            while (_end - _begin + length + 1 > size)
                DropFirst();
            for (int i = 0; i < length; i++)
                Put(bytes[i]);
            Put((byte)'\n');
        }
    }

    private void Put(byte b) => _bytes[_end++ % size] = b;

    private void DropFirst()
    {
        while (_begin < _end && _bytes[_begin++ % size] != (byte)'\n') { }
    }

    /// <summary>Whole lines from a place on, about so many characters; the place moves behind them. What was overwritten meanwhile is
    /// passed over.</summary>
    public string Read(ref long at, int about)
    {
        lock (_gate)
        {
            at = Math.Clamp(at, _begin, _end);
            long begin = at;
            while (at < _end && at - begin < about)
            while (_bytes[at++ % size] != (byte)'\n') { }
            byte[] text = new byte[at - begin];
            for (int i = 0; i < text.Length; i++)
                text[i] = _bytes[(begin + i) % size];
            return Encoding.UTF8.GetString(text);
        }
    }
}
