// The last reloads, this process's own the last of them. It moves on with every handover (ReloadParticipant).
using System;
using System.Collections.Generic;
using System.Text;
using System.Threading;
using Baton.Configuration;

namespace Baton.Engine.Handover;

/// <summary>Any thread.</summary>
public sealed class ReloadHistory
{
    /// <summary>How many are kept.</summary>
    private const int Most = 50;

    /// <summary>Over all reloads, also those that are not kept any more.</summary>
    public HandoverTotals Totals { get; } = new();

    private readonly Lock _lock = new();
    private readonly List<ReloadRecord> _all = [];
    private string _oldVersion = "";
    private ulong _oldConfiguration;
    private byte[] _oldText = [];

    /// <summary>Changes of a configuration that a record names.</summary>
    private const int MostNamed = 12;

    /// <summary>Version of this program and a hash of its configuration, 0 for not known; set once before anything is told.</summary>
    public string Version { get; private set; } = "";
    internal ulong Configuration { get; private set; }

    /// <summary>The configuration as it was understood.</summary>
    internal ReadOnlyMemory<byte> Text { get; private set; }

    /// <summary>Counts the changes, for who has told all of them.</summary>
    internal int Revision { get; private set; }

    public void Describe(string version, ReadOnlyMemory<byte> configuration)
    {
        Version = version;
        Configuration = configuration.IsEmpty ? 0 : Core.Hashing.XxHash64.Compute(configuration.Span);
        Text = configuration;
    }

    /// <summary>The configuration of the process before this one.</summary>
    internal void TakeOverText(byte[] text)
    {
        lock (_lock)
            _oldText = text;
    }

    private string Changes()
    {
        string changes =
            _oldText.Length == 0 || Text.IsEmpty || _oldConfiguration == Configuration
                ? ""
                : ConfigurationDifference.Summarize(Encoding.UTF8.GetString(_oldText), Encoding.UTF8.GetString(Text.Span), MostNamed);
        _oldText = [];
        return changes;
    }

    /// <summary>From the first to the last.</summary>
    public ReloadRecord[] Snapshot()
    {
        lock (_lock)
            return [.. _all];
    }

    /// <summary>What the process before this one is, and the reloads it knows of.</summary>
    internal void TakeOver(string version, ulong configuration, IEnumerable<ReloadRecord> records)
    {
        lock (_lock)
        {
            (_oldVersion, _oldConfiguration) = (version, configuration);
            foreach (ReloadRecord record in records)
                Put(record);
        }
    }

    /// <summary>This process accepts now in the place of the old one.</summary>
    public ReloadRecord Begin(int oldPid, long preparedMs)
    {
        Totals.NoteReload(done: true);
        lock (_lock)
            return Put(
                new ReloadRecord
                {
                    At = Now,
                    OldPid = oldPid,
                    Pid = Environment.ProcessId,
                    OldVersion = _oldVersion,
                    Version = Version,
                    IsChanged = _oldConfiguration == 0 || Configuration == 0 ? null : _oldConfiguration != Configuration,
                    Changes = Changes(),
                    PreparedMs = (int)preparedMs,
                }
            );
    }

    /// <summary>A process that was to take over did not: this one goes on.</summary>
    public void NoteFailure(int pid, string why)
    {
        Totals.NoteReload(done: false);
        lock (_lock)
            Put(
                new ReloadRecord
                {
                    At = Now,
                    OldPid = Environment.ProcessId,
                    Pid = pid,
                    OldVersion = Version,
                    Failure = why,
                }
            );
    }

    /// <summary>More is known of a reload.</summary>
    public void Update(ReloadRecord record)
    {
        lock (_lock)
            Put(record);
    }

    private static long Now => DateTimeOffset.UtcNow.ToUnixTimeSeconds();

    private ReloadRecord Put(ReloadRecord record)
    {
        Revision++;
        int at = _all.FindIndex(r => r.At == record.At && r.Pid == record.Pid && r.OldPid == record.OldPid);
        if (at >= 0)
            return _all[at] = record;
        int place = _all.FindLastIndex(r => r.At <= record.At) + 1;
        _all.Insert(place, record);
        if (_all.Count > Most)
            _all.RemoveAt(0);
        return record;
    }
}
