// One line of a server-state file, as "show servers state" writes it (management guide, version 1 of the format).
using System;
using System.Globalization;

namespace Baton.Engine.Servers;

internal sealed class ServerStateLine
{
    /// <summary>Fields that every writer of version 1 has known.</summary>
    public const int LeastFields = 20;

    private static readonly char[] Blanks = [' ', '\t'];

    public required string BackendId { get; init; }
    public required string Backend { get; init; }
    public required string Server { get; init; }
    public required string Address { get; init; }

    /// <summary>How it did, and what is known of its checks: outcome, result, and whether they were switched on.</summary>
    public ServerOperation Operation { get; private set; }
    public bool IsStopped => Operation == ServerOperation.Stopped;
    public Checks.CheckStatus CheckStatus { get; private set; }
    public Checks.CheckResult CheckResult { get; private set; }
    public bool ChecksEnabled { get; private set; }

    /// <summary>Where checks went, as an operator may have changed it: 0 and null for where traffic goes.</summary>
    public int CheckPort { get; private set; }
    public string? CheckAddress { get; private set; }

    /// <summary>The same of its agent.</summary>
    public int AgentPort { get; private set; }
    public string? AgentAddress { get; private set; }
    public bool AgentEnabled { get; private set; }
    public AdminState Admin { get; private set; }
    public int Weight { get; private set; }

    /// <summary>The weight of the configuration the file was written under.</summary>
    public int ConfiguredWeight { get; private set; }
    public long SecondsSinceChange { get; private set; }

    /// <summary>0 when there is none.</summary>
    public int Port { get; private set; }

    /// <summary>What is wrong with a field, null when nothing is.</summary>
    public string? Fault { get; private set; }

    /// <summary>Null when there are too few fields.</summary>
    public static ServerStateLine? Parse(string text)
    {
        string[] f = text.Split(Blanks, StringSplitOptions.RemoveEmptyEntries);
        if (f.Length < LeastFields)
            return null;
        var line = new ServerStateLine
        {
            BackendId = f[0],
            Backend = f[1],
            Server = f[3],
            Address = f[4],
        };
        line.Operation = (ServerOperation)line.Number("srv_op_state", f[5], 3);
        line.CheckStatus = (Checks.CheckStatus)line.Number("srv_check_status", f[10], (int)Checks.CheckStatus.ProcessOk);
        line.CheckResult = (Checks.CheckResult)line.Number("srv_check_result", f[11], (int)Checks.CheckResult.Conditional);
        line.ChecksEnabled = (line.Number("srv_check_state", f[13], 0x3F) & 4) != 0;
        if (f.Length > 23)
        {
            line.CheckPort = (int)line.Number("srv_check_port", f[21], ushort.MaxValue);
            line.CheckAddress = f[22] == "-" ? null : f[22];
            line.AgentAddress = f[23] == "-" ? null : f[23];
        }
        if (f.Length > 24)
            line.AgentPort = (int)line.Number("srv_agent_port", f[24], ushort.MaxValue);
        line.AgentEnabled = (line.Number("srv_agent_state", f[14], 0x3F) & 4) != 0;
        line.Admin = (AdminState)line.Number("srv_admin_state", f[6], 0x7F);
        line.Weight = (int)line.Number("srv_uweight", f[7], 256);
        line.ConfiguredWeight = (int)line.Number("srv_iweight", f[8], 256);
        line.SecondsSinceChange = line.Number("srv_last_time_change", f[9], uint.MaxValue);
        line.Port = (int)line.Number("srv_port", f[18], ushort.MaxValue);
        return line;
    }

    private long Number(string name, string text, long most)
    {
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value) && value <= most)
            return value;
        Fault ??= $"invalid {name} value '{text}'";
        return 0;
    }
}
