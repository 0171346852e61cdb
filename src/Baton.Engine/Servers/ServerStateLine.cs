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
    public bool IsStopped { get; private set; }
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
        line.IsStopped = line.Number("srv_op_state", f[5], 3) == 0;
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
