// enable/disable/shutdown frontend, set maxconn frontend and global, set rate-limit.
using System;
using System.Globalization;
using Baton.Configuration.Model;
using Baton.Engine.Proxies;

namespace Baton.Control.Cli;

internal static class FrontendCommands
{
    /// <summary>COMPAT: a frontend that is "disabled" in the file was shut down.</summary>
    private static bool IsDisabledInFile(CliRequest r) => r.Engine.Config.Proxies.Exists(p => p.Disabled && p.IsFrontend && p.Name == r[2]);

    private static void Enable(CliRequest r, bool on)
    {
        if (IsDisabledInFile(r))
        {
            r.Fail($"Frontend was previously shut down, cannot {(on ? "enable" : "disable")}.");
            return;
        }
        if (!r.FindFrontend(r[2], out FrontendState f))
            return;
        if (f.Status == ProxyStatus.Stopped)
        {
            r.Fail($"Frontend was previously shut down, cannot {(on ? "enable" : "disable")}.");
            return;
        }
        if (on != f.IsPaused)
        {
            r.Fail($"All sockets are already {(on ? "enabled" : "disabled")}.");
            return;
        }
        f.Status = on ? ProxyStatus.Open : ProxyStatus.Paused;
        r.Engine.Control.Apply(f);
        r.AwaitWorkers();
    }

    private static void Shutdown(CliRequest r)
    {
        if (IsDisabledInFile(r))
        {
            r.Fail("Frontend was already shut down.");
            return;
        }
        if (!r.FindFrontend(r[2], out FrontendState f))
            return;
        if (f.Status == ProxyStatus.Stopped)
        {
            r.Fail("Frontend was already shut down.");
            return;
        }
        f.Status = ProxyStatus.Stopped;
        r.Engine.Control.Apply(f);
        r.AwaitWorkers();
    }

    /// <summary>False when the word is no number of a possible limit; what is wrong has been answered then.</summary>
    private static bool Limit(CliRequest r, string text, string missing, out int value)
    {
        value = 0;
        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value))
        {
            r.Fail(missing);
            return false;
        }
        if (value >= 0)
            return true;
        r.Fail("Value out of range.");
        return false;
    }

    private static void MaxConnFrontend(CliRequest r)
    {
        if (!r.FindFrontend(r[3], out FrontendState f) || !Limit(r, r[4], "Integer value expected.", out int value))
            return;
        f.MaxConn = value;
        r.Engine.ResumeFullListeners();
    }

    /// <summary>0 stands for the limit of the start, which cannot be exceeded.</summary>
    private static void MaxConnGlobal(CliRequest r)
    {
        if (!Limit(r, r[3], "Expects an integer value.", out int value))
            return;
        if (value > r.Engine.ConfiguredMaxConn)
        {
            r.Fail("Value out of range.");
            return;
        }
        r.Engine.MaxConn = value == 0 ? r.Engine.ConfiguredMaxConn : value;
        r.Engine.ResumeFullListeners();
    }

    private static void RateLimit(CliRequest r)
    {
        if (r[2] is not ("connections" or "sessions" or "ssl-sessions" or "http-compression") || r[3] != "global")
        {
            r.Fail(
                "'set rate-limit' only supports :\n   - 'connections global' to set the per-process maximum connection rate\n   - 'sessions global' to set the per-process maximum session rate\n   - 'ssl-sessions global' to set the per-process maximum SSL session rate\n   - 'http-compression global' to set the per-process maximum compression rate in kB/s"
            );
            return;
        }
        if (!Limit(r, r[4], "Expects an integer value.", out int value))
            return;
        if (r[2] == "http-compression")
        {
            r.Engine.Compression.RateLimit = (int)Math.Min(value * 1024L, int.MaxValue);
            return;
        }
        if (r[2] == "connections")
            r.Engine.MaxConnectionRate = value;
        else if (r[2] == "ssl-sessions")
            r.Engine.TlsRates.Limit = value;
        else
            r.Engine.MaxSessionRate = value;
        r.Engine.ResumeFullListeners();
    }

    internal static readonly CliCommand[] Rows =
    [
        new("enable frontend", "<frontend>", CliLevel.Admin, "accept connections again", r => Enable(r, true)),
        new("disable frontend", "<frontend>", CliLevel.Admin, "stop listening for a while; the addresses stay bound", r =>
            Enable(r, false)
        ),
        new("shutdown frontend", "<frontend>", CliLevel.Admin, "close a frontend's sockets for good", Shutdown),
        new("set maxconn frontend", "<frontend> <value>", CliLevel.Admin, "change a frontend's maxconn", MaxConnFrontend),
        new("set maxconn global", "<value>", CliLevel.Admin, "change the process's maxconn", MaxConnGlobal),
        new("set rate-limit", "<setting> <value>", CliLevel.Admin, "limit new connections or sessions per second", RateLimit),
    ];
}
