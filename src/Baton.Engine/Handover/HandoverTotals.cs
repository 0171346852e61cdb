// What reloads have come to since the first process: how many, what moved, what did not and why. It moves on with every handover.
using System.Collections.Generic;
using System.Threading;
using Baton.Core.Frames;

namespace Baton.Engine.Handover;

/// <summary>Any thread.</summary>
public sealed class HandoverTotals
{
    /// <summary>Reasons are few and our own words; a process that says more of them is not believed.</summary>
    private const int MostReasons = 64;

    private readonly Lock _lock = new();

    /// <summary>By <see cref="MovedKind"/>.</summary>
    private readonly long[] _moved = new long[6];
    private readonly Dictionary<string, long> _refused = [];
    private long _done,
        _failed;

    /// <summary>Counts the changes, for who has told all of them.</summary>
    internal int Revision { get; private set; }

    public long Done => Interlocked.Read(ref _done);
    public long Failed => Interlocked.Read(ref _failed);

    internal void NoteReload(bool done)
    {
        lock (_lock)
        {
            if (done)
                _done++;
            else
                _failed++;
            Revision++;
        }
    }

    /// <summary>A connection lives here now, or does not.</summary>
    /// <param name="kind">What came.</param>
    /// <param name="refusal">Why it was not taken; null when it was.</param>
    public void Note(MovedKind kind, string? refusal)
    {
        lock (_lock)
        {
            if (refusal is null)
                _moved[(int)kind]++;
            else
                _refused[refusal] = _refused.GetValueOrDefault(refusal) + 1;
            Revision++;
        }
    }

    /// <summary>How many of each kind moved.</summary>
    public long Moved(MovedKind kind)
    {
        lock (_lock)
            return _moved[(int)kind];
    }

    /// <summary>How many did not, by why.</summary>
    public KeyValuePair<string, long>[] Refused()
    {
        lock (_lock)
            return [.. _refused];
    }

    public void WriteTo(FrameWriter into)
    {
        lock (_lock)
        {
            into.Int64(_done);
            into.Int64(_failed);
            into.UInt16(_moved.Length);
            foreach (long count in _moved)
                into.Int64(count);
            into.UInt16(_refused.Count);
            foreach ((string why, long count) in _refused)
            {
                into.Text(why);
                into.Int64(count);
            }
        }
    }

    /// <summary>What the process before knows, in the place of what it said of it before.</summary>
    public void ReadFrom(ref FrameReader from)
    {
        long done = from.Int64(),
            failed = from.Int64();
        long[] moved = new long[_moved.Length];
        for (int count = from.UInt16(), i = 0; i < count && !from.IsShort; i++)
        {
            long value = from.Int64();
            if (i < moved.Length)
                moved[i] = value;
        }
        var refused = new List<(string, long)>();
        for (int count = from.UInt16(); count > 0 && !from.IsShort && refused.Count < MostReasons; count--)
            refused.Add((from.Text(), from.Int64()));
        if (from.IsShort)
            return;
        lock (_lock)
        {
            (_done, _failed) = (done, failed);
            moved.CopyTo(_moved, 0);
            _refused.Clear();
            foreach ((string why, long count) in refused)
                _refused[why] = count;
        }
    }
}
