// Handover of the entries of maps and ACLs that were changed at run time, by the runtime API or by rules. The rule is the one
// for servers: a change stays, unless the file itself says something else about that key than when the old process read it.
using System.Collections.Generic;
using Baton.Core.Frames;
using Baton.Engine.Handover;

namespace Baton.Engine.Patterns;

public sealed class PatternParticipant : IHandoverParticipant
{
    public string Name => "maps";
    public int Version => 1;

    public bool Write(EngineState engine, FrameWriter into)
    {
        bool any = false;
        foreach (PatternList list in PatternRegistry.All)
        {
            List<(string Key, string[] File, string[] Now)> edits = list.Edits();
            if (edits.Count == 0) continue;
            any = true;
            int record = into.BeginRecord();
            into.Text(list.Identity);
            into.Int32(edits.Count);
            foreach ((string key, string[] file, string[] now) in edits)
            {
                into.Text(key);
                Write(into, file);
                Write(into, now);
            }
            into.EndRecord(record);
        }
        return any;
    }

    private static void Write(FrameWriter into, string[] values)
    {
        into.Int32(values.Length);
        foreach (string value in values) into.Text(value);
    }

    public void Read(EngineState engine, ref FrameReader from)
    {
        while (!from.AtEnd && !from.IsShort)
        {
            FrameReader r = from.Record();
            string name = r.Text();
            var edits = new List<(string, string[], string[])>();
            for (int count = r.Int32(); count > 0 && !r.IsShort; count--) edits.Add((r.Text(), Values(ref r), Values(ref r)));
            if (!r.IsShort && PatternRegistry.FindIdentity(name) is { } list) list.Apply(edits);
        }
    }

    private static string[] Values(ref FrameReader r)
    {
        var values = new List<string>();
        for (int count = r.Int32(); count > 0 && !r.IsShort; count--) values.Add(r.Text());
        return [.. values];
    }
}
