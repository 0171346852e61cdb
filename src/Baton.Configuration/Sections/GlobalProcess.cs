// global: identity, daemon, master-worker, and other settings of the process as a whole.
using System;
using System.Globalization;
using System.IO;
using Baton.Configuration.Catalog;
using Baton.Configuration.Directives;
using Baton.Configuration.Model;

namespace Baton.Configuration.Sections;

internal static class GlobalProcess
{
    private static DirectiveParser Text(Action<GlobalConfig, string> set) =>
        c =>
        {
            if (c.Count > 0 && c[0].Length == 0)
                c.Error($"'{c.Keyword}' expects one argument.", c.Keyword);
            else if (c.Expect(1, 1, "one argument"))
                set(c.Global, c[0]);
        };

    private static DirectiveParser Flag(Action<GlobalConfig, bool> set) =>
        c =>
        {
            if (c.Expect(0, 0, "no argument"))
                set(c.Global, !c.IsNo);
        };

    /// <summary>The same for what can be said once.</summary>
    private static DirectiveParser Once(Func<GlobalConfig, string?> get, Action<GlobalConfig, string> set)
    {
        DirectiveParser parse = Text(set);
        return c =>
        {
            if (c.Count != 1 || !c.IsRepeated(get(c.Global) is not null))
                parse(c);
        };
    }

    private static bool IsSecondAccount(DirectiveContext c, bool group)
    {
        GlobalConfig g = c.Global;
        return group ? c.IsRepeated(g.HasGroup, c.Keyword == "gid" ? "group/gid" : "gid/group was") : c.IsRepeated(g.HasUser, "user/uid");
    }

    private static void User(DirectiveContext c, bool group)
    {
        if (!c.Expect(1, 1, "a name") || IsSecondAccount(c, group))
            return;
        int id = AccountNames.Find(group ? "/etc/group" : "/etc/passwd", c[0], 2, out int gid);
        if (id < 0)
        {
            c.Error(group ? $"cannot find group id for '{c[0]}' (Success)" : $"cannot find user id for '{c[0]}' (Success)", c[0]);
            return;
        }
        // COMPAT: root is no choice that stands
        if (group)
        {
            c.Global.Gid = id;
            c.Global.Group = c[0];
            c.Global.HasGroup = id > 0;
        }
        else
        {
            c.Global.Uid = id;
            c.Global.User = c[0];
            c.Global.HasUser = id > 0;
            if (c.Global.Gid < 0 && gid >= 0)
                c.Global.Gid = gid;
        }
    }

    private static void Uid(DirectiveContext c)
    {
        if (c.Integer(0, 0, int.MaxValue, out int v) && !IsSecondAccount(c, group: false))
            (c.Global.Uid, c.Global.HasUser) = (v, v > 0);
    }

    private static void Gid(DirectiveContext c)
    {
        if (c.Integer(0, 0, int.MaxValue, out int v) && !IsSecondAccount(c, group: true))
            (c.Global.Gid, c.Global.HasGroup) = (v, v > 0);
    }

    private static void MasterWorker(DirectiveContext c)
    {
        c.Global.MasterWorker = !c.IsNo;
        if (!c.IsNo && c.Count == 0)
            c.Warning(
                "'master-worker' : the option -W (or -Ws) on the command line is the way to ask for a master; HAProxy has deprecated this keyword",
                "master-worker"
            );
        if (c[0] == "no-exit-on-failure")
            c.Global.MasterWorkerNoExitOnFailure = true;
        else if (c.Count > 0)
            c.Error(
                $"'master-worker' only supports 'no-exit-on-failure' option (got '{c[0]}'){Spelling.Hint(c[0], "no-exit-on-failure")}.",
                c[0]
            );
    }

    private static void MaxReloads(DirectiveContext c)
    {
        if (c.Integer(0, 0, int.MaxValue, out int v))
            c.Global.MasterWorkerMaxReloads = v;
    }

    private static void NoReusePort(DirectiveContext c)
    {
        if (!c.Expect(0, 0, "no argument"))
            return;
        c.Global.NoReusePort = !c.IsNo;
        if (!c.IsNo)
            c.Warning(
                "'noreuseport' : a reload by signals alone has to stop the old process before the new one can bind and refuses connections meanwhile; reload with -x or in master-worker mode",
                "noreuseport"
            );
    }

    private static void Dumpable(DirectiveContext c)
    {
        if (c.Count == 0)
            c.Global.Dumpable = !c.IsNo;
        else if (c[0] is "on" or "off" or "libs")
            c.Global.Dumpable = c[0] != "off";
        else
            c.Error($"'set-dumpable' expects 'on', 'off' or 'libs' (got '{c[0]}').", c[0]);
    }

    private static void HardStopAfter(DirectiveContext c)
    {
        if (c.Time(0, out int ms))
            c.Global.HardStopAfterMs = ms;
    }

    private static void HandoverProbation(DirectiveContext c)
    {
        if (c.Time(0, out int ms))
            c.Global.HandoverProbationMs = ms;
    }

    private static void HandoverCounters(DirectiveContext c)
    {
        if (!c.Expect(1, 1, "'keep' or 'reset'"))
            return;
        if (c[0] is not ("keep" or "reset"))
            c.Error($"'handover-counters' expects 'keep' or 'reset' (got '{c[0]}').", c[0]);
        c.Global.ResetCountersOnReload = c[0] == "reset";
    }

    private static void CloseSpread(DirectiveContext c)
    {
        if (c[0] == "infinite")
        {
            c.Global.CloseSpreadTimeMs = int.MaxValue;
            return;
        }
        if (c.Time(0, out int ms))
            c.Global.CloseSpreadTimeMs = ms;
    }

    private static void LogSendHostname(DirectiveContext c)
    {
        string name = c[0];
        if (c.IsNo || !c.IsRepeated(c.Global.LogSendHostname is not null))
            c.Global.LogSendHostname = c.IsNo ? null : name;
    }

    private static int UnixBindNumber(DirectiveContext c, string text, bool octal = false)
    {
        int value = 0;
        foreach (char ch in text)
        {
            if (ch < '0' || ch > (octal ? '7' : '9') || value > 100_000_000)
            {
                c.Error($"'unix-bind' : '{text}' is not a number.", text);
                return -1;
            }
            value = value * (octal ? 8 : 10) + ch - '0';
        }
        return value;
    }

    private static int UnixBindAccount(DirectiveContext c, string file, string name, string what)
    {
        int id = AccountNames.Find(file, name, 2, out _);
        if (id < 0)
            c.Error($"'unix-bind' : '{name}' unknown {what}.", name);
        return id;
    }

    private static void LocalPeer(DirectiveContext c)
    {
        if (!c.Expect(1, 1, "a name"))
            return;
        string? ignored =
            c.Global.HasLocalPeerOption ? "it is already set by using the '-L' command line argument"
            : c.Process.Peers.Count > 0 ? "it is used after 'peers' section"
            : null;
        if (ignored is not null)
        {
            c.Warning($"'localpeer' ignored since {ignored}.", "localpeer");
            return;
        }
        c.Global.LocalPeer = c[0];
        Environment.SetEnvironmentVariable("HAPROXY_LOCALPEER", c[0]);
    }

    private static void UnixBind(DirectiveContext c)
    {
        for (int i = 0; i < c.Count; i += 2)
        {
            string value = c[i + 1];
            if (i + 1 >= c.Count)
            {
                c.Error($"'unix-bind' : '{c[i]}' expects an argument.", c[i]);
                return;
            }
            switch (c[i])
            {
                case "prefix":
                    if (!c.IsRepeated(c.Global.UnixBindPrefix is not null, "unix-bind 'prefix'"))
                        c.Global.UnixBindPrefix = value;
                    break;
                case "mode":
                    c.Global.UnixBindMode = UnixBindNumber(c, value, octal: true);
                    break;
                case "uid":
                    c.Global.UnixBindUid = UnixBindNumber(c, value);
                    break;
                case "gid":
                    c.Global.UnixBindGid = UnixBindNumber(c, value);
                    break;
                case "user":
                    c.Global.UnixBindUid = UnixBindAccount(c, "/etc/passwd", value, "user");
                    break;
                case "group":
                    c.Global.UnixBindGid = UnixBindAccount(c, "/etc/group", value, "group");
                    break;
                default:
                    c.Error(
                        $"'unix-bind' only supports the 'prefix', 'mode', 'user', 'group', 'uid' and 'gid' options (got '{c[i]}'){Spelling.Hint(c[i], "prefix", "mode", "user", "group", "uid", "gid")}.",
                        c[i]
                    );
                    return;
            }
        }
    }

    internal static readonly DirectiveKeyword[] Keywords =
    [
        new("daemon", SectionKinds.Global, Flag((g, v) => g.Daemon = v), true),
        new("master-worker", SectionKinds.Global, MasterWorker, true),
        new("mworker-max-reloads", SectionKinds.Global, MaxReloads),
        new("expose-experimental-directives", SectionKinds.Global, c =>
        {
            if (c.Expect(0, 0, "no argument"))
                c.Global.ExposeExperimentalDirectives = true;
        }),
        new("pidfile", SectionKinds.Global, Once(g => g.PidFile, (g, v) => g.PidFile = v)),
        new("chroot", SectionKinds.Global, Once(g => g.Chroot, (g, v) => g.Chroot = v)),
        new("user", SectionKinds.Global, c => User(c, false)),
        new("group", SectionKinds.Global, c => User(c, true)),
        new("uid", SectionKinds.Global, Uid),
        new("gid", SectionKinds.Global, Gid),
        new("node", SectionKinds.Global, Text((g, v) => g.Node = v)),
        new("description", SectionKinds.Global, c =>
        {
            if (c.Expect(1, int.MaxValue, "a text"))
                c.Global.Description = string.Join(' ', c.Arguments.ToArray());
        }),
        new("localpeer", SectionKinds.Global, LocalPeer),
        new("log-tag", SectionKinds.Global, Text((g, v) => g.LogTag = v)),
        new("log-send-hostname", SectionKinds.Global, LogSendHostname, true),
        new("hard-stop-after", SectionKinds.Global, HardStopAfter),
        new("handover-probation", SectionKinds.Global, HandoverProbation),
        new("handover-counters", SectionKinds.Global, HandoverCounters),
        new("grace", SectionKinds.Global, c =>
        {
            if (c.Expect(1, 1, "<time> as argument") && c.Time(0, out int ms))
                c.Global.GraceMs = ms;
        }),
        new("close-spread-time", SectionKinds.Global, CloseSpread),
        new("nosplice", SectionKinds.Global, Flag((g, v) => g.NoSplice = v)),
        new("noreuseport", SectionKinds.Global, NoReusePort),
        new("quiet", SectionKinds.Global, Flag((g, v) => g.Quiet = v)),
        new("zero-warning", SectionKinds.Global, Flag((g, v) => g.ZeroWarning = v)),
        new("strict-limits", SectionKinds.Global, Flag((g, v) => g.StrictLimits = v), true),
        new("set-dumpable", SectionKinds.Global, Dumpable, true),
        new("unix-bind", SectionKinds.Global, UnixBind),
    ];
}
