// enable/disable/shutdown frontend, set maxconn frontend and global.
using System.Globalization;
using Baton.Configuration.Model;
using Baton.Engine;
using Baton.Engine.Proxies;

namespace Baton.Control.Cli;

internal static class FrontendCommands
{
    private static void Enable(CliRequest r, bool on)
    {
        if (!r.FindFrontend(r[2], out FrontendState f)) return;
        if (f.Status == ProxyStatus.Stopped) { r.Line("Frontend was previously shut down, cannot enable."); return; }
        if (on == (f.Status == ProxyStatus.Open)) { r.Line(on ? "Frontend is already enabled." : "Frontend is already disabled."); return; }
        f.Status = on ? ProxyStatus.Open : ProxyStatus.Paused;
        r.Engine.ApplyStatus(f);
    }

    private static void Shutdown(CliRequest r)
    {
        if (!r.FindFrontend(r[2], out FrontendState f)) return;
        if (f.Status == ProxyStatus.Stopped) { r.Line("Frontend was already shut down."); return; }
        f.Status = ProxyStatus.Stopped;
        r.Engine.ApplyStatus(f);
    }

    private static void MaxConn(CliRequest r, bool global)
    {
        FrontendState? f = null;
        if (!global && !r.FindFrontend(r[3], out f)) return;
        if (!int.TryParse(global ? r[3] : r[4], NumberStyles.None, CultureInfo.InvariantCulture, out int value) || value == 0) { r.Line("Integer value expected."); return; }
        if (f is null) r.Engine.MaxConn = value; else f.MaxConn = value;
        r.Engine.ResumeFullListeners();
    }

    internal static readonly CliCommand[] Rows =
    [
        new("enable frontend", "<name>", CliLevel.Admin, "accept connections again", r => Enable(r, true)),
        new("disable frontend", "<name>", CliLevel.Admin, "stop accepting for a while; the sockets stay bound", r => Enable(r, false)),
        new("shutdown frontend", "<name>", CliLevel.Admin, "close a frontend's sockets for good", Shutdown),
        new("set maxconn frontend", "<name> <n>", CliLevel.Operator, "change a frontend's maxconn", r => MaxConn(r, false)),
        new("set maxconn global", "<n>", CliLevel.Operator, "change the process's maxconn", r => MaxConn(r, true)),
    ];
}
