// The command line of baton-inject. One pass, no library: the generator starts as fast as what it measures.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Net;

namespace Baton.Inject;

/// <summary>Everything the arguments ask for, with its defaults.</summary>
public sealed class Options
{
    public LoadMode Mode = LoadMode.Http;
    public IPAddress Address = IPAddress.Loopback;
    public int Port = 8080;
    public string Path = "/";
    public string Host = "";
    public int Connections = 100,
        Threads = 1,
        Sources = 1;
    public List<int> Cores = [];

    /// <summary>Requests a second over all threads (open loop); 0 is a closed loop.</summary>
    public double Rate;
    public double DurationSeconds = 10;

    /// <summary>Requests after which to stop; 0 is no limit.</summary>
    public long Requests;
    public bool KeepAlive,
        RideOnAck,
        FastOpen,
        CloseWithReset,
        Verify;

    /// <summary>Bytes of a request's body, of a tunnel's block or of a WebSocket message.</summary>
    public long Body;

    /// <summary>Bytes the answer must have; -1 when any length is right.</summary>
    public long Expect = -1;
    public int ExpectStatus = 200;
    public int TimeoutMs = 5000,
        IntervalMs = 1000,
        PauseMs,
        SlowBytes = 16,
        SlowTickMs = 10,
        SlotMs = 10;
    public string? JsonFile,
        CsvFile,
        SlotsFile;
    public bool Quiet,
        Plain,
        Help;
    public string? Error;

    public static Options Parse(string[] args)
    {
        var o = new Options();
        for (int i = 0; i < args.Length && o.Error is null; i++)
        {
            string a = args[i];
            string Next()
            {
                if (i + 1 < args.Length)
                    return args[++i];
                o.Error ??= $"'{a}' needs a value";
                return "0";
            }
            if (!a.StartsWith('-'))
            {
                o.Target(a);
                continue;
            }
            if (!o.Flag(a) && !o.Valued(a, Next))
                o.Error ??= $"unknown option '{a}'";
        }
        if (o.Mode is LoadMode.Tunnel or LoadMode.WebSocket && o.Body == 0)
            o.Body = 4096;
        if (o.Mode == LoadMode.WebSocket && o.Body > 65536)
            o.Error ??= "a WebSocket message has at most 65536 bytes here";
        if (o.Connections < o.Threads || o.Threads < 1)
            o.Error ??= "at least one thread, and a connection for each";
        if (o.Sources is < 1 or > 16_000_000)
            o.Error ??= "between 1 and 16,000,000 source addresses";
        if (o.IntervalMs < 10 || o.SlotMs < 1)
            o.Error ??= "an interval has at least 10 ms, a slot 1 ms";
        return o;
    }

    private bool Flag(string a)
    {
        switch (a)
        {
            case "-k" or "--keep-alive":
                KeepAlive = true;
                return true;
            case "-F" or "--ride-on-ack":
                RideOnAck = true;
                return true;
            case "-T" or "--fast-open":
                FastOpen = true;
                return true;
            case "-c" or "--reset":
                CloseWithReset = true;
                return true;
            case "--verify":
                Verify = true;
                return true;
            case "-q" or "--quiet":
                Quiet = true;
                return true;
            case "--plain":
                Plain = true;
                return true;
            case "-h" or "--help":
                Help = true;
                return true;
            default:
                return false;
        }
    }

    private bool Valued(string a, Func<string> next) => LoadOption(a, next) || RequestOption(a, next) || ReportOption(a, next);

    /// <summary>How the load is made.</summary>
    private bool LoadOption(string a, Func<string> next)
    {
        switch (a)
        {
            case "-m" or "--mode":
                if (!Enum.TryParse(next(), ignoreCase: true, out Mode))
                    Error ??= "the mode is http, tunnel, websocket or slow";
                return true;
            case "-n" or "--connections":
                Connections = Int(next());
                return true;
            case "-t" or "--threads":
                Threads = Int(next());
                return true;
            case "--cpu":
                foreach (string c in next().Split(','))
                    Cores.Add(Int(c));
                return true;
            case "-r" or "--rate":
                Rate = Real(next());
                return true;
            case "-d" or "--duration":
                DurationSeconds = Real(next().TrimEnd('s'));
                return true;
            case "--requests":
                Requests = (long)Real(next());
                return true;
            case "--sources":
                Sources = Int(next());
                return true;
            case "--pause":
                PauseMs = Int(next());
                return true;
            case "--slow-bytes":
                SlowBytes = Int(next());
                return true;
            case "--slow-tick":
                SlowTickMs = Int(next());
                return true;
            default:
                return false;
        }
    }

    /// <summary>What is asked for, and what has to come back.</summary>
    private bool RequestOption(string a, Func<string> next)
    {
        switch (a)
        {
            case "--body":
                Body = (long)Real(next());
                return true;
            case "--expect":
                Expect = (long)Real(next());
                return true;
            case "--status":
                ExpectStatus = Int(next());
                return true;
            case "--path":
                Path = next();
                return true;
            case "--host":
                Host = next();
                return true;
            case "--timeout":
                TimeoutMs = Int(next());
                return true;
            default:
                return false;
        }
    }

    /// <summary>What is written, and how often.</summary>
    private bool ReportOption(string a, Func<string> next)
    {
        switch (a)
        {
            case "--interval":
                IntervalMs = Int(next());
                return true;
            case "--json":
                JsonFile = next();
                return true;
            case "--csv":
                CsvFile = next();
                return true;
            case "--slots":
                SlotsFile = next();
                return true;
            case "--slot":
                SlotMs = Int(next());
                return true;
            default:
                return false;
        }
    }

    /// <summary>ADDRESS:PORT, with http:// before it and a path after it when the user likes.</summary>
    private void Target(string text)
    {
        if (text.StartsWith("http://", StringComparison.Ordinal))
            text = text[7..];
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash >= 0)
        {
            Path = text[slash..];
            text = text[..slash];
        }
        if (
            !IPEndPoint.TryParse(text, out IPEndPoint? point)
            || point.Port == 0
            || point.AddressFamily != System.Net.Sockets.AddressFamily.InterNetwork
        )
        {
            Error ??= $"'{text}' is no IPv4 ADDRESS:PORT";
            return;
        }
        (Address, Port) = (point.Address, point.Port);
    }

    private int Int(string text)
    {
        if (!int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out int value))
            Error ??= $"'{text}' is no number";
        return value;
    }

    private double Real(string text)
    {
        if (
            !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
            || !double.IsFinite(value)
            || value < 0
        )
            Error ??= $"'{text}' is no number";
        return value;
    }

    public const string Usage = """
        Usage: baton-inject [options] [http://]ADDRESS:PORT[/path]
               baton-inject serve [--port N] [--echo] [--size N] [--cpu N]     an origin to load against

          -m, --mode MODE      http (default), tunnel (echo, every byte verified), websocket, slow
          -n, --connections N  concurrent connections (100)          -t, --threads N   threads (1)
              --cpu LIST       a core for each thread, as in 1 or 0,1
          -r, --rate N         open loop: requests a second, latency counted from when each was due; without it a closed loop
          -d, --duration S     seconds (10)                              --requests N    stop after so many
          -k, --keep-alive     several requests on a connection; otherwise one each
          -F, --ride-on-ack    the request rides on the ACK that completes the handshake (no empty ACK)
          -T, --fast-open      TCP Fast Open: the request rides on the SYN
          -c, --reset          close with RST
              --sources N      source addresses, from 127.0.0.1 on
              --body N         bytes of the request's body, of a tunnel's block, of a WebSocket message (4096)
              --path P  --host H  --status N (200)  --expect N           what to ask for, and the answer it must be
              --verify         the answer's body must be the pattern that "serve" sends at /size/N
              --timeout MS     a request may take (5000)                 --pause MS      between two requests of a connection
              --slow-bytes N   bytes a tick of a slow client (16)        --slow-tick MS  (10)
              --interval MS    a report each (1000)                      --slot MS  --slots FILE   fine-grained record (10)
              --json FILE  --csv FILE                                -q, --quiet  --plain (no live view)
        Exit status: 0 without an error, 2 with some, 1 when it could not run.

        """;
}
