// The counters of a file ("stats-file"), which "dump stats-file" writes: those of proxies and servers that have a guid, by the names of
// their columns. It is read where no process hands its counters over.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text;
using Baton.Engine.Loop;
using Baton.Engine.Servers;

namespace Baton.Engine.Proxies;

public static class StatsFile
{
    private delegate ref long Field(TrafficCounters counters);

    /// <summary>COMPAT: names of the statistics' columns, of what adds up.</summary>
    private static readonly (string Name, Field Of)[] s_columns =
    [
        ("stot", static c => ref c.Sessions),
        ("bin", static c => ref c.BytesIn),
        ("bout", static c => ref c.BytesOut),
        ("dreq", static c => ref c.DeniedRequests),
        ("dresp", static c => ref c.DeniedResponses),
        ("ereq", static c => ref c.RequestErrors),
        ("econ", static c => ref c.ConnectionErrors),
        ("eresp", static c => ref c.ResponseErrors),
        ("wretr", static c => ref c.Retries),
        ("wredis", static c => ref c.Redispatches),
        ("lbtot", static c => ref c.LoadBalanced),
        ("hrsp_1xx", static c => ref c.Responses[1]),
        ("hrsp_2xx", static c => ref c.Responses[2]),
        ("hrsp_3xx", static c => ref c.Responses[3]),
        ("hrsp_4xx", static c => ref c.Responses[4]),
        ("hrsp_5xx", static c => ref c.Responses[5]),
        ("hrsp_other", static c => ref c.Responses[0]),
        ("req_tot", static c => ref c.Requests),
        ("cli_abrt", static c => ref c.ClientAborts),
        ("srv_abrt", static c => ref c.ServerAborts),
        ("comp_in", static c => ref c.CompressedIn),
        ("comp_out", static c => ref c.CompressedOut),
        ("comp_byp", static c => ref c.CompressionBypassed),
        ("comp_rsp", static c => ref c.CompressedResponses),
        ("conn_tot", static c => ref c.Connections),
        ("intercepted", static c => ref c.Intercepted),
        ("dcon", static c => ref c.DeniedConnections),
        ("dses", static c => ref c.DeniedSessions),
        ("wrew", static c => ref c.FailedRewrites),
        ("connect", static c => ref c.ConnectionAttempts),
        ("reuse", static c => ref c.ConnectionReuses),
        ("eint", static c => ref c.InternalErrors),
    ];

    /// <summary>The head of the lines about frontends or backends.</summary>
    public static string Head(bool frontends)
    {
        var line = new StringBuilder(frontends ? "#fe guid," : "#be guid,");
        foreach ((string name, _) in s_columns)
            line.Append(name).Append(',');
        return line.ToString();
    }

    /// <summary>One line: a name and what has been counted under it.</summary>
    public static string Line(string guid, PerWorker<TrafficCounters> workers)
    {
        var line = new StringBuilder(guid).Append(',');
        foreach ((_, Field of) in s_columns)
        {
            long sum = 0;
            foreach (TrafficCounters c in workers)
                sum += of(c);
            line.Append(CultureInfo.InvariantCulture, $"{sum},");
        }
        return line.ToString();
    }

    /// <summary>Adds what the file says to what is counted. A file that is not there or not right is no error.</summary>
    public static void Load(EngineState engine, Action<string> warn)
    {
        if (engine.Config.Global.StatsFile is not { } path)
            return;
        string[] lines;
        try
        {
            lines = File.ReadAllLines(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            warn($"stats-file: cannot read '{path}': {e.Message}");
            return;
        }
        var frontends = new Dictionary<string, PerWorker<TrafficCounters>>();
        var backends = new Dictionary<string, PerWorker<TrafficCounters>>();
        foreach (FrontendState f in engine.Frontends)
            if (f.Config.Guid is { } guid)
                frontends[guid] = f.Counters;
        foreach (BackendState b in engine.Backends)
        {
            if (b.Config.Guid is { } guid)
                backends[guid] = b.Counters;
            foreach (ServerState s in b.Servers)
                if (s.Config.Guid is { } own)
                    backends[own] = s.Counters;
        }
        Dictionary<string, PerWorker<TrafficCounters>>? into = null;
        int[] columns = [];
        for (int i = 0; i < lines.Length; i++)
        {
            if (lines[i].Length == 0)
                continue;
            string[] cells = lines[i].TrimEnd(',').Split(',');
            if (lines[i].StartsWith('#'))
            {
                into =
                    cells[0] == "#fe guid" ? frontends
                    : cells[0] == "#be guid" ? backends
                    : null;
                columns = Array.ConvertAll(cells, static c => Array.FindIndex(s_columns, o => o.Name == c));
            }
            else if (into is null || cells.Length > columns.Length)
                warn($"stats-file: line {(i + 1).ToString(CultureInfo.InvariantCulture)} of '{path}' makes no sense, it is left out.");
            else if (into.TryGetValue(cells[0], out PerWorker<TrafficCounters>? counters))
                Add(counters[0], cells, columns);
        }
    }

    /// <summary>Columns that are not known here, and cells that hold no number, are passed over.</summary>
    private static void Add(TrafficCounters counters, string[] cells, int[] columns)
    {
        for (int i = 1; i < cells.Length; i++)
            if (columns[i] >= 0 && long.TryParse(cells[i], NumberStyles.None, CultureInfo.InvariantCulture, out long value))
                s_columns[columns[i]].Of(counters) += value;
    }
}
