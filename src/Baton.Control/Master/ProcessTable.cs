// The master's processes, and the text in which one master hands them to the program that replaces it: HAPROXY_PROCESSES,
// "|type=m;fd=-1;pid=1;reloads=2;failedreloads=0;timestamp=...;id=;version=...|type=w;fd=5;pid=7;...", as HAProxy 2.6 to 3.x
// write and read it. Unknown fields and types are stepped over.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace Baton.Control.Master;

/// <summary>OWNER: the master's only thread.</summary>
internal sealed class ProcessTable(WorkerProcess master)
{
    public WorkerProcess Master { get; } = master;

    /// <summary>Every worker that lives, oldest first; the last is the one that serves, unless it is still starting.</summary>
    public List<WorkerProcess> Workers { get; } = [];

    public WorkerProcess? Find(int pid) => Workers.Find(w => w.Pid == pid);

    /// <summary>Reads what the program before wrote. Counters only for the master: its pid is ours by definition.</summary>
    public static ProcessTable Parse(string text, int ownPid, string ownVersion, long now)
    {
        var workers = new List<WorkerProcess>();
        var master = new WorkerProcess
        {
            Pid = ownPid,
            StartedAt = now,
            Version = ownVersion,
        };
        foreach (string row in text.Split('|', StringSplitOptions.RemoveEmptyEntries))
        {
            string type = Field(row, "type"),
                version = Field(row, "version");
            long started = Number(row, "timestamp", now);
            int pid = (int)Number(row, "pid", 0),
                reloads = (int)Number(row, "reloads", 0);
            if (type == "m")
                master = new WorkerProcess
                {
                    Pid = ownPid,
                    StartedAt = started,
                    Version = ownVersion,
                    Reloads = reloads,
                    FailedReloads = (int)Number(row, "failedreloads", 0),
                };
            else if (type == "w" && pid > 0)
                workers.Add(
                    new WorkerProcess
                    {
                        Pid = pid,
                        CommandFd = (int)Number(row, "fd", -1),
                        Reloads = reloads,
                        StartedAt = started,
                        Version = version,
                    }
                );
        }
        // the one with the fewest reloads behind it is the current one
        workers.Sort(static (a, b) => a.Reloads != b.Reloads ? b.Reloads.CompareTo(a.Reloads) : a.StartedAt.CompareTo(b.StartedAt));
        var table = new ProcessTable(master);
        table.Workers.AddRange(workers);
        return table;
    }

    public string Format()
    {
        var text = new StringBuilder();
        Row(text, 'm', Master);
        foreach (WorkerProcess worker in Workers)
            Row(text, 'w', worker);
        return text.ToString();
    }

    private static void Row(StringBuilder text, char type, WorkerProcess p) =>
        text.Append(
            CultureInfo.InvariantCulture,
            $"|type={type};fd={p.CommandFd};pid={p.Pid};reloads={p.Reloads};failedreloads={p.FailedReloads};timestamp={p.StartedAt};id=;version={p.Version}"
        );

    private static string Field(string row, string name)
    {
        foreach (string field in row.Split(';'))
            if (field.StartsWith(name, StringComparison.Ordinal) && field.Length > name.Length && field[name.Length] == '=')
                return field[(name.Length + 1)..];
        return "";
    }

    private static long Number(string row, string name, long otherwise) =>
        long.TryParse(Field(row, name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value) ? value : otherwise;
}
