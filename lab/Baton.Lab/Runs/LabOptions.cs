// The command line of the lab, and where its programs are.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using Baton.Lab.Methods;
using Baton.Lab.Stages;

namespace Baton.Lab.Runs;

internal sealed class LabOptions
{
    public List<IReloadMethod> Methods = [];
    public List<Target> Targets = [];
    public List<LoadKind> Loads = [];
    public double Rate = 5000,
        ReloadsPerSecond = 4,
        DurationSeconds = 20;
    public int Connections = 2000,
        LiveConnections = 100,
        ProxyCore,
        LoadCore = 1;
    public bool Long,
        Together,
        KeepFiles,
        Help,
        ClosedLoop;
    public string Out = "artifacts/lab";
    public string BatonProgram = "",
        InjectProgram = "",
        HaproxyProgram = "";
    public string? Error;

    public const string Usage = """
        Usage: baton-lab run [options]          ./lab/run.sh builds everything first and takes the same options
               baton-lab methods                what can be run here

          --method LIST            numbers or names, as in 3,9 or reuseport,handover (all)
          --target LIST            baton, haproxy (both)
          --load LIST              short, keepalive, tunnel, websocket (what each method is about)
          --rate N                 requests a second, open loop (5000); 0 is a closed loop: as fast as it goes
          --reloads-per-second N   (4)
          --duration S             seconds of each run (20)
          --long                   methods 9 and 11 for an hour
          --connections N          at most so many at a time with a connection per request (2000; 100 in a closed loop)
          --live N                 keep-alive connections, tunnels, WebSockets (100)
          --pin apart|together     proxy and load on a core each, or both on one (apart)
          --out DIR                results (artifacts/lab)
          --keep                   keeps the directories of the runs
          --baton, --inject, --haproxy PROGRAM
        Needs root: every run has network namespaces of its own. Exit status: 0 when no method that must lose nothing lost something, else 2.

        """;

    private bool _connectionsGiven,
        _durationGiven;

    public static LabOptions Parse(string[] args)
    {
        var o = new LabOptions();
        for (int i = 0; i < args.Length && o.Error is null; i++)
        {
            string a = args[i];
            string Next()
            {
                if (i + 1 < args.Length)
                    return args[++i];
                o.Error ??= $"'{a}' needs a value";
                return "";
            }
            if (!o.WhatToRun(a, Next) && !o.Load(a, Next) && !o.Place(a, Next))
                o.Error = $"unknown option '{a}'";
        }
        o.Complete();
        return o;
    }

    private bool WhatToRun(string a, Func<string> next)
    {
        switch (a)
        {
            case "--method":
                foreach (string m in next().Split(','))
                    AddMethod(m);
                return true;
            case "--target":
                foreach (string t in next().Split(','))
                    Add(Targets, t, "baton or haproxy");
                return true;
            case "--load":
                foreach (string l in next().Split(','))
                    Add(Loads, l, "short, keepalive, tunnel or websocket");
                return true;
            case "--long":
                Long = true;
                return true;
            case "-h" or "--help":
                Help = true;
                return true;
            default:
                return false;
        }
    }

    private bool Load(string a, Func<string> next)
    {
        switch (a)
        {
            case "--rate":
                Rate = Real(next());
                return true;
            case "--reloads-per-second":
                ReloadsPerSecond = Real(next());
                return true;
            case "--duration":
                DurationSeconds = Real(next());
                _durationGiven = true;
                return true;
            case "--connections":
                Connections = (int)Real(next());
                _connectionsGiven = true;
                return true;
            case "--live":
                LiveConnections = (int)Real(next());
                return true;
            default:
                return false;
        }
    }

    /// <summary>Where it runs, with which programs, and where the results go.</summary>
    private bool Place(string a, Func<string> next)
    {
        switch (a)
        {
            case "--pin":
                string pin = next();
                Together = pin == "together";
                if (pin is not ("together" or "apart"))
                    Error ??= "--pin apart or together";
                return true;
            case "--keep":
                KeepFiles = true;
                return true;
            case "--out":
                Out = next();
                return true;
            case "--baton":
                BatonProgram = next();
                return true;
            case "--inject":
                InjectProgram = next();
                return true;
            case "--haproxy":
                HaproxyProgram = next();
                return true;
            default:
                return false;
        }
    }

    /// <summary>Fills in what was not said.</summary>
    private void Complete()
    {
        ClosedLoop = Rate == 0;
        if (ClosedLoop && !_connectionsGiven)
            Connections = 100;
        if (Long)
        {
            if (!_durationGiven)
                DurationSeconds = 3600;
            if (Methods.Count == 0)
            {
                AddMethod("9");
                AddMethod("11");
            }
        }
        if (DurationSeconds < 1 || Connections < 1 || LiveConnections < 1)
            Error ??= "a run lasts at least a second and has at least a connection";
        if (Methods.Count == 0)
            Methods.AddRange(ReloadMethods.All);
        if (Targets.Count == 0)
            Targets.AddRange([Target.Baton, Target.Haproxy]);
        FindPrograms();
    }

    private void AddMethod(string word)
    {
        List<IReloadMethod> found =
        [
            .. ReloadMethods.All.Where(m => m.Name == word || m.Number.ToString(CultureInfo.InvariantCulture) == word),
        ];
        if (found.Count == 0)
            Error ??= $"no method '{word}': {string.Join(", ", ReloadMethods.All.Select(m => $"{m.Number} {m.Name}"))}";
        Methods.AddRange(found);
    }

    private void Add<T>(List<T> to, string word, string words)
        where T : struct, Enum
    {
        if (Enum.TryParse(word.Replace("-", ""), ignoreCase: true, out T value))
            to.Add(value);
        else
            Error ??= $"'{word}' is not {words}";
    }

    private double Real(string text)
    {
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) || value < 0)
            Error ??= $"'{text}' is no number";
        return value;
    }

    /// <summary>Beside this program's sources, unless said otherwise.</summary>
    private void FindPrograms()
    {
        string? root = AppContext.BaseDirectory;
        while (root is not null && !File.Exists(Path.Combine(root, "Baton.slnx")))
            root = Path.GetDirectoryName(root);
        string bin = Path.Combine(root ?? ".", "artifacts/bin");
        BatonProgram = Path.GetFullPath(BatonProgram.Length > 0 ? BatonProgram : Path.Combine(bin, "baton"));
        InjectProgram = Path.GetFullPath(InjectProgram.Length > 0 ? InjectProgram : Path.Combine(bin, "baton-inject"));
        HaproxyProgram = Shell.Find(HaproxyProgram.Length > 0 ? HaproxyProgram : "haproxy") ?? "haproxy";
        if (Environment.ProcessorCount < 2)
            Together = true;
        if (Together)
            LoadCore = ProxyCore;
    }
}
