// Handover of the entries of maps and ACLs that were changed at run time, by the runtime API or by rules. The rule is the one
// for servers: a change stays, unless the file itself says something else about that key than when the old process read it.
using System;
using System.Collections.Generic;
using Baton.Core.Frames;
using Baton.Engine.Handover;

namespace Baton.Engine.Patterns;

public sealed class PatternParticipant : IAuthoritativeParticipant
{
    public string Name => "maps";
    public int Version => 1;

    private readonly Dictionary<PatternList, Dictionary<string, (string[] File, string[] Now)>> _told = [];
    private bool _more;

    public void Begin(EngineState engine) => _more = true;

    public bool WriteNext(EngineState engine, FrameWriter into, int room)
    {
        if (!_more) return false;
        _more = false;
        bool any = false;
        foreach (PatternList list in PatternRegistry.All)
        {
            List<(string Key, string[] File, string[] Now)> edits = News(list);
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

    /// <summary>What has not been told yet, also of keys that are again as in the file.</summary>
    private List<(string Key, string[] File, string[] Now)> News(PatternList list)
    {
        List<(string Key, string[] File, string[] Now)> edits = list.Edits();
        if (edits.Count == 0 && !_told.ContainsKey(list)) return edits;
        Dictionary<string, (string[] File, string[] Now)> before = _told.GetValueOrDefault(list) ?? [], now = [];
        foreach ((string key, string[] inFile, string[] values) in edits) now[key] = (inFile, values);
        foreach ((string key, (string[] inFile, _)) in before) now.TryAdd(key, (inFile, inFile));
        _told[list] = now;
        var news = new List<(string, string[], string[])>();
        foreach ((string key, (string[] inFile, string[] values)) in now)
            if (!before.TryGetValue(key, out (string[] File, string[] Now) then) || !then.Now.AsSpan().SequenceEqual(values)) news.Add((key, inFile, values));
        return news;
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
