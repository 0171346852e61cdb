// User and group names, read from the system's files: small, and without starting a name service in a process that may be chrooted.
using System.Globalization;
using System.IO;

namespace Baton.Configuration.Sections;

public static class AccountNames
{
    /// <summary>The number in the given column of the line that begins with the name, or -1; <paramref name="next"/> is the column after it
    /// (a user's group).</summary>
    public static int Find(string file, string name, int column, out int next)
    {
        next = -1;
        if (!File.Exists(file))
            return -1;
        foreach (string line in File.ReadLines(file))
        {
            if (!line.StartsWith(name, System.StringComparison.Ordinal) || line.Length <= name.Length || line[name.Length] != ':')
                continue;
            string[] parts = line.Split(':');
            if (parts.Length > column + 1)
                int.TryParse(parts[column + 1], NumberStyles.None, CultureInfo.InvariantCulture, out next);
            return int.TryParse(parts[column], NumberStyles.None, CultureInfo.InvariantCulture, out int id) ? id : -1;
        }
        return -1;
    }
}
