// "baton explain": why a request goes where it goes. The request passes through the engine that would serve it, with the configuration as
// it is but for its ends: it comes over a socket of this process, and the servers are one that answers 200 to everything. Nobody else is
// talked to: no port is opened, no server, resolver or log target sees anything.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using Baton.Configuration;
using Baton.Configuration.Diagnostics;
using Baton.Configuration.Model;
using Baton.Configuration.Values;
using Baton.Engine;
using Baton.Engine.Build;
using Baton.Engine.Listeners;
using Baton.Engine.Rules;
using Baton.Interop.Linux;
using Baton.Lifecycle;

namespace Baton.Commands.Explain;

internal static class ExplainCommand
{
    public const string Summary =
        "says rule by rule where a request would go, without sending it to anybody;\n"
        + "exit status 0, 1 when something else was expected, 2 for trouble";

    private const int Unexpected = 1,
        Trouble = 2;
    private const int PatienceMs = 20_000;

    private static string Name(string what) => $"baton-explain-{what}-{Processes.getpid()}";

    public static int Run(string[] args)
    {
        if (ExplainOptions.Parse(args, out string why) is not { } options)
        {
            Companions.Find("explain")!.Refuse(why);
            return Trouble;
        }
        if (Load(options) is not { } config)
            return Trouble;
        if (FrontendOf(config, options, out why) is not { } frontend)
            return Fail(why);
        string preamble = Preamble(options, frontend);
        StandIn(config, frontend, options.ServerName is not null);
        var builder = new EngineBuilder(config, new ResourceLimits(100, 1024)) { Workers = 1 };
        if (builder.Build() is not { } engine)
        {
            foreach (BuildError error in builder.Errors)
                StandardStreams.Error($"{error.Position}: {error.Message}\n");
            return Trouble;
        }
        var trace = new ExplainTrace(frontend.Name) { StandIn = Name("server") };
        engine.Trace = trace;
        int client = -1;
        if (!Serve(engine, config, out why) || !Send(preamble + options.Head(), options.ServerName is not null, out client, out why))
            return Fail(why);
        if (!Await(trace, client, out bool closed))
            return Fail(
                closed
                    ? "the connection ended before a stream: a tcp-request rule or TLS refused it."
                    : $"nothing came of the request in {PatienceMs / 1000} s: a rule may wait for somebody who is not asked here."
            );
        StandardStreams.Out(
            options.IsJson ? ExplainReport.Json(options, frontend.Name, trace) : ExplainReport.Text(options, frontend.Name, trace)
        );
        bool reads = options.Expected.Exists(static e => e.Fact == "header");
        return Judge(options, trace, reads ? ReadFields(client) : []);
    }

    private static int Fail(string why)
    {
        StandardStreams.Error($"baton explain: {why}\n");
        return Trouble;
    }

    private static int Judge(ExplainOptions options, ExplainTrace trace, List<string> answer)
    {
        int status = 0;
        foreach ((string fact, string value) in options.Expected)
        {
            if (ExplainReport.IsAsExpected(trace, answer, fact, value, out string instead))
                continue;
            StandardStreams.Error($"baton explain: expected {fact}={value}, {instead}\n");
            status = Unexpected;
        }
        return status;
    }

    private static ProcessConfig? Load(ExplainOptions options)
    {
        ConfigurationSource.PredefineVariables(options.Files);
        string standIn = $"""
            defaults {Name("defaults")}
                mode http
                timeout client 10s
                timeout connect 10s
                timeout server 10s
            frontend {Name("server")} from {Name("defaults")}
                bind abns@{Name("server")}
                http-request return status 200

            """;
        // the other side of TLS: a server line of ours, which greets with the name
        if (options.ServerName is { } name)
            standIn += $"""
                frontend {Name("entry")} from {Name("defaults")}
                    mode tcp
                    bind abns@{Name("entry")} accept-proxy
                    default_backend {Name("greeting")}
                backend {Name("greeting")} from {Name("defaults")}
                    mode tcp
                    server tls abns@{Name("client")} ssl verify none sni str({name}) send-proxy

                """;
        var loader = new ConfigurationLoader(Expressions.Create) { StandardInput = Encoding.UTF8.GetBytes(standIn) };
        if (loader.Load([.. options.Files, ConfigurationLoader.StandardInputName]) is { } config)
            return config;
        foreach (Diagnostic d in loader.Diagnostics.All)
            if (d.Severity == Severity.Alert)
                StandardStreams.Error(DiagnosticFormatter.Explain(d, null, false));
        return null;
    }

    private static ProxyConfig? FrontendOf(ProcessConfig config, ExplainOptions options, out string why)
    {
        string? name = options.Frontend;
        List<ProxyConfig> all = config.Proxies.FindAll(p =>
            p.IsFrontend && !p.Disabled && p.Binds.Count > 0 && !IsOurs(p) && (name is null || p.Name == name)
        );
        why = name is null ? "no frontend listens on anything." : $"no frontend '{name}' listens on anything.";
        if (all.Count == 0)
            return null;
        // which of several takes the request is the first thing to know
        why = $"there are several frontends: name one with --frontend ({string.Join(", ", all.ConvertAll(static p => p.Name))}).";
        if (all.Count > 1)
            return null;
        List<BindConfig> binds = all[0].Binds;
        why = $"every listener of '{all[0].Name}' takes TLS: say with --sni for which name.";
        if (options.ServerName is null)
            return binds.TrueForAll(static b => b.Tls.IsOn) ? null : all[0];
        // without it the greeting itself is what is looked at
        why = $"no listener of '{all[0].Name}' takes TLS.";
        return all[0].Mode == ProxyMode.Http && !binds.Exists(static b => b.Tls.IsOn) ? null : all[0];
    }

    private static bool IsOurs(ProxyConfig proxy) =>
        proxy.Name == Name("server") || proxy.Name == Name("entry") || proxy.Name == Name("greeting");

    /// <summary>Who the client is, and what it is connected to: said as a proxy in front would say it.</summary>
    private static string Preamble(ExplainOptions options, ProxyConfig frontend)
    {
        (IPAddress from, int fromPort) = ExplainOptions.Split(options.From)!.Value;
        AddressConfig? bound = frontend.Binds[0].Addresses.Find(static a => a.Ip is { Length: 4 or 16 });
        (IPAddress to, int toPort) =
            options.To is { } said ? ExplainOptions.Split(said)!.Value
            : bound is not null ? (new IPAddress(bound.Ip!), bound.Port)
            : (IPAddress.Loopback, 80);
        if (to.Equals(IPAddress.Any) || to.Equals(IPAddress.IPv6Any))
            to = from.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Loopback : IPAddress.IPv6Loopback;
        bool is4 = from.AddressFamily == AddressFamily.InterNetwork && to.AddressFamily == AddressFamily.InterNetwork;
        if (!is4)
            (from, to) = (from.MapToIPv6(), to.MapToIPv6());
        return string.Create(
            CultureInfo.InvariantCulture,
            $"PROXY TCP{(is4 ? 4 : 6)} {from} {to} {(fromPort > 0 ? fromPort : 50_000)} {(toPort > 0 ? toPort : 80)}\r\n"
        );
    }

    private static AddressConfig Abstract(string name, AddressUse use) => AddressParser.Parse($"abns@{name}", use, out _)!;

    /// <summary>Puts ends of this process in the place of all others.</summary>
    private static void StandIn(ProcessConfig config, ProxyConfig explained, bool overTls)
    {
        BindConfig? tls = overTls ? explained.Binds.Find(static b => b.Tls.IsOn) : null;
        AddressConfig server = Abstract(Name("server"), AddressUse.Server);
        config.Global.NbThread = 1;
        config.Global.StatsSockets.Clear();
        foreach (ProxyConfig proxy in config.Proxies)
        {
            if (IsOurs(proxy))
                continue;
            proxy.Binds.Clear();
            proxy.Logs.Clear();
            proxy.Source = null;
            if (proxy.Dispatch is not null || (proxy.Options & ProxyOptions.Transparent) != 0)
                proxy.Dispatch = server;
            proxy.Options &= ~ProxyOptions.Transparent;
            foreach (ServerConfig one in proxy.Servers)
            {
                one.Address = server;
                one.ProxyHeader = ProxyHeaderOptions.None;
                one.Check = new CheckConfig();
                one.Agent = new AgentConfig();
                one.Socks4 = null;
                one.Source = null;
                one.Interface = one.Namespace = one.Resolvers = one.Track = null;
                one.Tls = null;
            }
        }
        BindConfig bind = tls ?? new BindConfig { Position = explained.Position };
        bind.Addresses.Clear();
        bind.Addresses.Add(Abstract(Name("client"), AddressUse.Bind));
        bind.AcceptProxy = true;
        bind.Interface = bind.Namespace = null;
        // nobody has a certificate here
        bind.Tls.Verify = TlsVerify.None;
        explained.Binds.Add(bind);
    }

    private static bool Serve(EngineState engine, ProcessConfig config, out string why)
    {
        Signals.Ignore(Signals.SIGPIPE);
        var binder = new ListenerBinder(config.Global, null);
        why = "";
        foreach (ListenerState listener in engine.Listeners)
        {
            why = binder.Bind(listener, 16) ?? "";
            if (why.Length > 0)
                return false;
        }
        why = binder.Publish() ?? "";
        if (why.Length > 0)
            return false;
        foreach (ListenerState listener in engine.Listeners)
            engine.AddAcceptors(listener);
        Engine.Streams.HttpReply.MakeReady();
        new Thread(engine.RunFirstWorker) { IsBackground = true }.Start();
        return true;
    }

    /// <summary>False when nothing comes of it, or when the connection ends before there is anything to tell of.</summary>
    private static bool Await(ExplainTrace trace, int client, out bool closed)
    {
        const int step = 50;
        closed = false;
        for (int waited = 0; waited < PatienceMs && !closed; waited += step)
        {
            if (trace.Wait(step))
                return true;
            closed = Interop.Linux.Sockets.HasEnded(client);
        }
        return trace.Wait(closed ? step * 10 : 0);
    }

    private static bool Send(string text, bool overTls, out int fd, out string why)
    {
        fd = RuntimeClient.Connect($"abns@{Name(overTls ? "entry" : "client")}", out why);
        if (fd < 0)
            return false;
        SocketNames.SetTimeouts(fd, PatienceMs);
        // it stays open until the process ends: a client that waits for its answer
        if (Files.WriteAll(fd, text))
            return true;
        why = "the engine does not take the request.";
        return false;
    }

    /// <summary>The fields of what came back to the client; none where that is no answer of HTTP.</summary>
    private static List<string> ReadFields(int fd)
    {
        var text = new StringBuilder();
        byte[] chunk = new byte[4096];
        while (!text.ToString().Contains("\r\n\r\n", StringComparison.Ordinal) && Files.Read(fd, chunk) is var n and > 0)
            text.Append(Encoding.Latin1.GetString(chunk, 0, n));
        string head = text.ToString().Split("\r\n\r\n")[0];
        List<string> lines = [.. head.Split("\r\n")];
        return lines[0].StartsWith("HTTP/", StringComparison.Ordinal) ? lines[1..] : [];
    }
}
