// The options behind the address of "-S": level, mode, uid, gid, user, group.
using System;
using System.Globalization;
using Baton.Configuration.Model;
using Baton.Configuration.Sections;

namespace Baton.Control.Master;

internal static class MasterCliOptions
{
    /// <summary>Reads words[1..] into <paramref name="bind"/>. Null, or what is wrong.</summary>
    public static string? Apply(string[] words, BindConfig bind)
    {
        for (int i = 1; i < words.Length; i += 2)
        {
            string value = i + 1 < words.Length ? words[i + 1] : "";
            bool ok = words[i] switch
            {
                "level" => Level(value, bind),
                "mode" => Mode(value, bind),
                "uid" => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int uid) && (bind.UnixUid = uid) >= 0,
                "gid" => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int gid) && (bind.UnixGid = gid) >= 0,
                "user" => (bind.UnixUid = AccountNames.Find("/etc/passwd", value, 2, out _)) >= 0,
                "group" => (bind.UnixGid = AccountNames.Find("/etc/group", value, 2, out _)) >= 0,
                _ => false,
            };
            if (!ok)
                return $"'{words[i]} {value}' : unknown or incomplete option; 'level', 'mode', 'uid', 'gid', 'user' and 'group' are supported";
        }
        return null;
    }

    private static bool Level(string value, BindConfig bind)
    {
        CliLevel? level = value switch
        {
            "user" => CliLevel.User,
            "operator" => CliLevel.Operator,
            "admin" => CliLevel.Admin,
            _ => null,
        };
        if (level is not null)
            bind.Level = level.Value;
        return level is not null;
    }

    private static bool Mode(string value, BindConfig bind)
    {
        int mode = 0;
        foreach (char c in value)
        {
            if (c is < '0' or > '7')
                return false;
            mode = mode * 8 + (c - '0');
        }
        bind.UnixMode = mode;
        return value.Length is > 0 and < 5;
    }
}
