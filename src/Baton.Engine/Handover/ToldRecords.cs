// What a participant has told of each thing, as a hash of the record: the second time only what is another record now is told,
// also when it is as it was at first.
using System.Collections.Generic;
using System.IO.Hashing;
using Baton.Core.Frames;

namespace Baton.Engine.Handover;

/// <summary>OWNER: the handover's thread.</summary>
internal sealed class ToldRecords
{
    private readonly Dictionary<object, ulong> _told = [];

    public bool Contains(object thing) => _told.ContainsKey(thing);

    /// <summary>Takes what was written from <paramref name="start"/> on back when the other side has it; else it is told now.</summary>
    public void Keep(object thing, FrameWriter writer, int start)
    {
        ulong hash = XxHash3.HashToUInt64(writer.Written[start..]);
        if (_told.TryGetValue(thing, out ulong before) && before == hash)
            writer.Truncate(start);
        else
            _told[thing] = hash;
    }
}
