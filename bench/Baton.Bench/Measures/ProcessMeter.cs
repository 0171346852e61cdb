// What a process and its children have used, from /proc.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;

namespace Baton.Bench.Measures;

/// <summary>Sums over a process and its direct children (nginx: a master and its workers).</summary>
public static class ProcessMeter
{
    /// <summary>The kernel reports /proc/PID/stat in hundredths of a second, whatever its own clock (USER_HZ).</summary>
    private const double TicksPerSecond = 100;

    /// <summary>User and system seconds used so far by all threads.</summary>
    public static double CpuSeconds(int pid)
    {
        double sum = 0;
        foreach (int p in Family(pid))
        {
            string[] f = Stat(p);
            if (f.Length > 12)
                sum += (Long(f[11]) + Long(f[12])) / TicksPerSecond;
        }
        return sum;
    }

    /// <summary>Resident kB.</summary>
    public static double ResidentKb(int pid)
    {
        double sum = 0;
        foreach (int p in Family(pid))
        {
            foreach (string line in Lines($"/proc/{p}/status"))
                if (line.StartsWith("VmRSS:", StringComparison.Ordinal))
                    sum += Long(line[6..].Replace("kB", "", StringComparison.Ordinal).Trim());
        }
        return sum;
    }

    public static bool Alive(int pid) => Stat(pid) is { Length: > 0 } f && f[0] is not ("Z" or "X");

    public static List<int> Family(int pid)
    {
        List<int> all = [pid];
        foreach (string line in Lines($"/proc/{pid}/task/{pid}/children"))
        foreach (string child in line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            all.Add((int)Long(child));
        return all;
    }

    /// <summary>The fields of /proc/PID/stat from the third (state) on; empty when the process is gone.</summary>
    private static string[] Stat(int pid)
    {
        string text = string.Concat(Lines($"/proc/{pid}/stat"));
        return text.Length == 0 ? [] : text[(text.LastIndexOf(')') + 2)..].Split(' ');
    }

    private static string[] Lines(string file)
    {
        try
        {
            return File.ReadAllLines(file);
        }
        catch (IOException)
        {
            return [];
        }
    }

    private static long Long(string text) => long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out long v) ? v : 0;
}
