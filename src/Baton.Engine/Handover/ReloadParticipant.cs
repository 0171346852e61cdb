// Handover of the history of reloads, and of what the next process compares itself with: version and configuration.
using System.Collections.Generic;
using Baton.Core.Frames;

namespace Baton.Engine.Handover;

public sealed class ReloadParticipant : IAuthoritativeParticipant
{
    private int _told = -1;

    public string Name => "reloads";
    public int Version => 1;
    public bool ReadsAnywhere => true;

    public void Begin(EngineState engine) { }

    /// <summary>One piece, whole: fifty records are a few kilobytes.</summary>
    public bool WriteNext(EngineState engine, FrameWriter into, int room)
    {
        ReloadHistory history = engine.Reloads;
        int revision = history.Revision;
        if (_told == revision)
            return false;
        _told = revision;
        into.Text(history.Version);
        into.Int64((long)history.Configuration);
        foreach (ReloadRecord record in history.Snapshot())
        {
            int began = into.BeginRecord();
            record.WriteTo(into);
            into.EndRecord(began);
        }
        return true;
    }

    public void Read(EngineState engine, ref FrameReader from)
    {
        string version = from.Text();
        ulong configuration = (ulong)from.Int64();
        List<ReloadRecord> records = [];
        while (!from.AtEnd && !from.IsShort)
        {
            FrameReader one = from.Record();
            ReloadRecord record = ReloadRecord.ReadFrom(ref one);
            if (!one.IsShort && !from.IsShort)
                records.Add(record);
        }
        engine.Reloads.TakeOver(version, configuration, records);
    }
}
