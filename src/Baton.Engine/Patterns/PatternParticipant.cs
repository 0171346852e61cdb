// Handover of the entries of maps and ACLs that were changed at run time, by the runtime API or by rules. The rule is the one
// for servers: a change stays, unless the file itself says something else about that key than when the old process read it.
using System.Collections.Generic;
using Baton.Core.Frames;
using Baton.Engine.Handover;

namespace Baton.Engine.Patterns;

public sealed class PatternParticipant : IAuthoritativeParticipant
{
    private readonly List<PatternList.Telling> _lists = [];
    private int _next;

    /// <summary>Lists for which it has been said that memory does not hold what they had.</summary>
    private readonly HashSet<PatternList> _incomplete = [];

    public string Name => "maps";
    public int Version => 1;
    public bool ReadsAnywhere => true;

    public void Begin(EngineState engine)
    {
        if (_lists.Count == 0)
            foreach (PatternList list in PatternRegistry.All)
                _lists.Add(new PatternList.Telling(list));
        foreach (PatternList.Telling list in _lists)
            list.Begin();
        _next = 0;
    }

    /// <summary>A record of a list: its identity, how many keys, and for each key its values in the file and now.</summary>
    public bool WriteNext(EngineState engine, FrameWriter into, int room)
    {
        int before = into.Length;
        for (; _next < _lists.Count; _next++)
        {
            int left = room - (into.Length - before);
            if (left <= 0)
                return true;
            int start = into.Length,
                record = into.BeginRecord();
            into.Text(_lists[_next].List.Identity);
            int at = into.Length;
            into.Int32(0);
            int count = _lists[_next].WriteNext(into, left);
            into.PatchInt32(at, count);
            into.EndRecord(record);
            if (count == 0)
            {
                into.Truncate(start);
                continue;
            }
            // there may be more of this list
            return true;
        }
        return into.Length > before;
    }

    public void End() => _lists.ForEach(static l => l.End());

    public void Read(EngineState engine, ref FrameReader from)
    {
        while (!from.AtEnd && !from.IsShort)
        {
            FrameReader r = from.Record();
            string name = r.Text();
            int count = r.Int32();
            if (r.IsShort || PatternRegistry.FindIdentity(name) is not { } list || list.Apply(count, ref r))
                continue;
            if (_incomplete.Add(list))
                engine.Notices.Warn($"Out of memory: the {list.Description} lacks changes that the process before had of it.");
        }
    }
}
