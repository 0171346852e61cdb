// ProcessConfig -> EngineState: the one way from what the user wrote to what runs. Opens nothing but the sockets logs
// leave by, and starts nothing.
using System;
using System.Collections.Generic;
using Baton.Configuration.Model;
using Baton.Configuration.Values;
using Baton.Engine.Balancing;
using Baton.Engine.Connections;
using Baton.Engine.Filters;
using Baton.Engine.Listeners;
using Baton.Engine.Logs;
using Baton.Engine.Logs.Senders;
using Baton.Engine.Loop;
using Baton.Engine.Proxies;
using Baton.Engine.Resolvers;
using Baton.Engine.Rules;
using Baton.Engine.Servers;
using Baton.Interop.Linux;

namespace Baton.Engine.Build;

public sealed class EngineBuilder(ProcessConfig config, ResourceLimits limits)
{
    private Dictionary<LogTargetConfig, LogTarget> _targets = new(ReferenceEqualityComparer.Instance);

    /// <summary>Of stats sockets, whose listeners are made when no file is read any more.</summary>
    private readonly Dictionary<BindConfig, Tls.TlsBinding?> _bindings = new(ReferenceEqualityComparer.Instance);

    public List<BuildError> Errors { get; } = [];

    /// <summary>What is accepted, but surely not what was meant.</summary>
    public List<BuildError> Warnings { get; } = [];

    /// <summary>Workers to build for; 0: as configured, or one for each core.</summary>
    public int Workers { get; init; }

    private int ConfiguredWorkers => config.Global.NbThread > 0 ? config.Global.NbThread : Processes.Affinity().Length;

    /// <summary>What a "bind" or "stats socket" line asks for that this process cannot give: inherited descriptors, threads.</summary>
    public void CheckBind(BindConfig bind, string keyword, string proxy)
    {
        foreach (AddressConfig address in bind.Addresses)
        {
            if (address.Kind is not (AddressKind.Inherited or AddressKind.SocketPair))
                continue;
            int fd = address.FileDescriptor,
                error = !Files.IsOpen(fd) ? Errno.EBADF
                : !Files.IsSocket(fd) ? Errno.ENOTSOCK
                : 0;
            if (error != 0)
                Errors.Add(
                    new BuildError(bind.Position, $"'{keyword}' : cannot use file descriptor '{fd}' : {Errno.Message(error)}.")
                    {
                        IsOfLine = true,
                    }
                );
        }
        if (bind.Threads is { } threads && !Array.Exists(threads, t => t < ConfiguredWorkers))
            Errors.Add(
                new BuildError(
                    default,
                    $"Proxy '{proxy}': 'thread' directive contains threads that belong to no group in '{keyword} {(bind.Addresses.Count > 0 ? bind.Addresses[0].Text : "")}' at [{bind.Position}]."
                )
            );
    }

    /// <summary>What is given away on a stats socket goes through the kernel, not through TLS.</summary>
    private void CheckTlsOfStats(BindConfig socket)
    {
        if (socket is { ExposeListeners: true, Tls.IsOn: true })
            Warnings.Add(
                new BuildError(socket.Position, "'stats socket' : 'expose-fd listeners' has no effect with 'ssl'.") { IsOfLine = true }
            );
    }

    private void CheckTraces()
    {
        foreach (TraceLineConfig trace in config.Global.Traces)
            if (Traces.TraceSources.FaultIn(trace.Words) is { } why)
                Errors.Add(new BuildError(trace.Position, $"'trace' : {why}.") { IsOfLine = true });
    }

    private void AddUserLists(EngineState engine)
    {
        foreach (UserListConfig list in config.UserLists)
        {
            var made = new Auth.UserList(list);
            foreach (UserConfig user in made.LockedOut)
                Warnings.Add(
                    new BuildError(
                        user.Position,
                        $"the encrypted password of user '{user.Name}' is of a kind that is not supported here: this user cannot log in."
                    )
                    {
                        IsOfLine = true,
                    }
                );
            engine.UserLists.Add(made);
        }
    }

    /// <summary>The engine, or null when <see cref="Errors"/> says why not.</summary>
    public EngineState? Build()
    {
        int workers = Workers > 0 ? Workers : ConfiguredWorkers;
        var engine = new EngineState(config, workers, limits.MaxConn)
        {
            Notices = { Log = NoticeLog.Create(config.Global.Logs, null, config.Global, Open) },
            LogTargets = _targets,
        };
        // what nobody names is judged too
        if (config.Global.Tls.Loads.Count > 0)
            LoadStores(engine);
        foreach (BindConfig socket in config.Global.StatsSockets)
        {
            CheckBind(socket, "stats socket", "GLOBAL");
            CheckTlsOfStats(socket);
            _bindings[socket] = BindingOf(engine, socket, null);
        }
        CheckTraces();
        AddUserLists(engine);
        engine.ServerStates = ServerStateFiles.Read(config, warning => Warnings.Add(new BuildError(default, warning)));
        AddCheckScripts(engine);
        foreach (ProxyConfig proxy in config.Proxies)
        {
            if (proxy.Disabled)
                continue;
            if (proxy.IsBackend)
                engine.Backends.Add(BackendOf(engine, proxy, null));
            if (proxy.IsFrontend)
                AddFrontend(engine, proxy);
            CheckCompression(proxy);
        }
        foreach (FrontendState frontend in engine.Frontends)
            LinkFrontend(engine, frontend);
        SetFullConn(engine);
        foreach (FrontendState frontend in engine.Frontends)
            frontend.Log = ProxyLog.Create(frontend, config.Global, Open, format => Compile(format, frontend));
        if (Errors.Count > 0)
            return null;
        var descriptors = new DescriptorTable(limits.Descriptors);
        int events = config.Global.MaxPollEvents > 0 ? config.Global.MaxPollEvents : 200;
        for (int i = 0; i < workers; i++)
        {
            engine.Workers[i] = new Worker(i, descriptors, config.Global.BufferSize, events) { Engine = engine };
            if (engine.Workers[i].IsOpen)
                continue;
            Errors.Add(new BuildError(default, $"failed to initialize thread {i}: {Errno.Message(Sockets.Last)}."));
            return null;
        }
        StickTables.StickTableStart.Create(engine);
        PeersBuilder.Create(engine, this);
        Variables.ConfiguredVariables.Set(engine.Workers[0], v =>
            Errors.Add(new BuildError(v.Position, $"cannot set variable '{v.Variable.Text}' : the expression has no value."))
        );
        Checks.CheckStart.Create(engine);
        Tracking.Create(engine);
        Resolvers.ResolversStart.Create(engine);
        Mails.MailsStart.Create(engine, (at, text) => Errors.Add(new BuildError(at, text)));
        OcspUpdates.OcspUpdater.Create(engine);
        if (engine.Certificates is { } store)
            store.IsClosed = true;
        return Errors.Count > 0 ? null : engine;
    }

    /// <summary>Several frontends with "log global" share one target, and so its sample counter.</summary>
    private LogTarget Open(LogTargetConfig target)
    {
        if (_targets.TryGetValue(target, out LogTarget? open))
            return open;
        open = new LogTarget(target, config.Global.LogSendHostname is not null);
        if (!open.IsResolved)
            Errors.Add(new BuildError(target.Position, $"'log' : could not resolve address '{target.Address!.HostName}'."));
        return _targets[target] = open;
    }

    private NoticeLog? NoticesOf(ProxyConfig proxy) => NoticeLog.Create(proxy.Logs, proxy.LogTag, config.Global, Open);

    internal NoticeLog? NoticesOf(PeersConfig peers) => NoticeLog.Create(peers.Logs, null, config.Global, Open);

    private ILogFormat Compile(Configuration.Expressions.LogFormatConfig format, FrontendState frontend)
    {
        ILogFormat? compiled = LogFormatCompiler.Compile(format, frontend, out string? error);
        if (error is not null)
            Errors.Add(new BuildError(format.Position, error));
        return compiled ?? new ConnectLine(frontend);
    }

    private void AddFrontend(EngineState engine, ProxyConfig proxy)
    {
        var frontend = new FrontendState(engine, proxy)
        {
            Rules = RuleList.ForRequests(proxy),
            ResponseRules = RuleList.Create(proxy.HttpResponse),
            AfterResponseRules = RuleList.Create(proxy.HttpAfterResponse),
            Captures = Logs.CaptureLayout.Create(proxy),
            Notices = NoticesOf(proxy),
            ConnectionRules = TcpRuleList.Create(proxy.TcpRequestConnection),
            SessionRules = TcpRuleList.Create(proxy.TcpRequestSession),
            Filters = ProxyFilter.Create(proxy, ofBackend: false, engine.WorkerCount),
            ContentRules = TcpRuleList.Create(proxy.TcpRequestContent),
        };
        if (proxy.MaxConn <= 0)
            frontend.MaxConn = limits.MaxConn;
        frontend.ConfiguredMaxConn = frontend.MaxConn;
        engine.Frontends.Add(frontend);
        int id = 1;
        var taken = new HashSet<int>();
        foreach (BindConfig bind in proxy.Binds)
        {
            taken.Add(bind.Id);
            CheckBind(bind, "bind", proxy.Name);
        }
        foreach (BindConfig bind in proxy.Binds)
        foreach (ListenerState listener in ListenersOf(engine, bind, frontend, taken, ref id))
            frontend.Listeners.Add(listener);
        engine.Listeners.AddRange(frontend.Listeners);
    }

    /// <summary>One listener for each address and port of a bind line. Each moves the next number on, also one that has its own.</summary>
    /// <param name="taken">The numbers that lines chose.</param>
    public IEnumerable<ListenerState> ListenersOf(
        EngineState engine,
        BindConfig bind,
        IConnectionTarget target,
        HashSet<int> taken,
        ref int nextId
    )
    {
        var made = new List<ListenerState>();
        if (!_bindings.TryGetValue(bind, out Tls.TlsBinding? binding))
            binding = BindingOf(engine, bind, (target as FrontendState)?.Config);
        foreach (AddressConfig address in bind.Addresses)
        {
            int first = address.Port,
                last = Math.Max(address.Port, address.PortHigh);
            for (int port = first; port <= last; port++)
            {
                bool inherited = address.Kind is AddressKind.Inherited or AddressKind.SocketPair;
                SocketEndpoint? endpoint = inherited ? null : AddressResolver.BindEndpoint(address, port, bind, config.Global);
                if (endpoint is null && !inherited)
                {
                    Errors.Add(new BuildError(bind.Position, $"could not resolve address '{address.HostName}'."));
                    continue;
                }
                if (bind.Id <= 0)
                    while (!taken.Add(nextId))
                        nextId++;
                made.Add(
                    new ListenerState(engine, bind, endpoint, target)
                    {
                        Id = bind.Id > 0 ? bind.Id : nextId,
                        InheritedDescriptor = inherited ? address.FileDescriptor : -1,
                        IsSocketPair = address.Kind == AddressKind.SocketPair,
                        Tls = binding,
                    }
                );
                nextId++;
            }
        }
        return made;
    }

    /// <summary>What a bind line says of TLS, made ready; null when it says nothing, or something wrong.</summary>
    private Tls.TlsBinding? BindingOf(EngineState engine, BindConfig bind, ProxyConfig? proxy)
    {
        if (!bind.Tls.IsSaid)
            return null;
        if (!Interop.OpenSsl.LibSsl.TryLoad())
        {
            Errors.Add(new BuildError(bind.Position, $"TLS needs OpenSSL: install {Interop.OpenSsl.LibSsl.Package}.") { IsOfLine = true });
            return null;
        }
        engine.Certificates ??= OpenStore();
        string section =
            proxy is null ? "GLOBAL"
            : proxy.IsBackend ? "listen"
            : "frontend";
        return new TlsBindingBuilder(
            engine.Certificates,
            bind,
            proxy?.Name ?? "GLOBAL",
            section,
            TlsServerBuilder.UsesOf(config),
            proxy?.CertificateUses ?? [],
            Errors,
            Warnings
        ).Build(engine.WorkerCount);
    }

    internal Tls.TlsServerSide? TlsOf(EngineState engine, ServerState server)
    {
        if (!Interop.OpenSsl.LibSsl.TryLoad())
        {
            Errors.Add(new BuildError(server.Config.Position, $"TLS needs OpenSSL: install {Interop.OpenSsl.LibSsl.Package}."));
            return null;
        }
        engine.Certificates ??= OpenStore();
        return new TlsServerBuilder(engine.Certificates, TlsServerBuilder.UsesOf(config), Errors, Warnings).Build(
            server,
            engine.WorkerCount
        );
    }

    private void LoadStores(EngineState engine)
    {
        if (Interop.OpenSsl.LibSsl.TryLoad())
            engine.Certificates ??= OpenStore();
        else
            Errors.Add(
                new BuildError(config.Global.Tls.Loads[0].Position, $"TLS needs OpenSSL: install {Interop.OpenSsl.LibSsl.Package}.")
                {
                    IsOfLine = true,
                }
            );
    }

    private Tls.CertificateStore OpenStore()
    {
        var store = new Tls.CertificateStore(config.Global.Tls);
        if (Tls.ProviderNames.Load(config.Global.Tls) is { } unloaded)
            Errors.Add(new BuildError(default, unloaded));
        if (store.ReadDhParameters() is { } error)
            Errors.Add(new BuildError(default, error));
        foreach (CertificateLoadConfig load in config.Global.Tls.Loads)
            if (store.Bundle(new TlsFileName(load.Name, load.Name), out string wrong) is null)
                Errors.Add(new BuildError(load.Position, $"'load' : {wrong}.") { IsOfLine = true });
        return store;
    }

    private void AddCheckScripts(EngineState engine)
    {
        foreach (HealthCheckSection section in config.HealthChecks)
            engine.CheckScripts[section.Lines.HealthCheck] = ScriptOf(section.Lines.HealthCheck);
    }

    private Checks.CheckScript? ScriptOf(HealthCheckConfig check) =>
        Checks.CheckScript.Create(check, (at, text) => Errors.Add(new BuildError(at, text) { IsOfLine = true }));

    private void CheckCompression(ProxyConfig proxy)
    {
        if (proxy.Compression is { NeedsZlib: true } && !Interop.Zlib.Zlib.IsInstalled)
            Errors.Add(new BuildError(proxy.Position, $"'compression' needs zlib: install {Interop.Zlib.Zlib.Package}."));
    }

    /// <summary>A backend that is added at run time, unpublished, made as those of the configuration are; null with what is wrong. Under
    /// the lock of the list, which it is not in yet.</summary>
    internal static BackendState? BackendAtRunTime(EngineState engine, ProxyConfig proxy, string from, out string wrong)
    {
        var builder = new EngineBuilder(engine.Config, new ResourceLimits(engine.MaxConn, 0)) { _targets = engine.LogTargets };
        builder.CheckCompression(proxy);
        BackendState backend = builder.BackendOf(engine, proxy, from);
        backend.IsPublished = false;
        backend.FullConn = Math.Max(1, proxy.FullConn);
        if (builder.Errors.Count == 0)
            Mails.MailsStart.Create(backend, (at, text) => builder.Errors.Add(new BuildError(at, text)));
        wrong = builder.Errors.Count > 0 ? builder.Errors[0].Message : "";
        return wrong.Length == 0 ? backend : null;
    }

    private BackendState BackendOf(EngineState engine, ProxyConfig proxy, string? addedFrom)
    {
        var backend = new BackendState(engine, proxy)
        {
            AddedFrom = addedFrom,
            Rules = RuleList.ForRequests(proxy),
            StickRules = StickTables.StickRules.Create(proxy),
            ResponseRules = RuleList.Create(proxy.HttpResponse),
            AfterResponseRules = RuleList.Create(proxy.HttpAfterResponse),
            Cookie = PersistenceCookie.Create(proxy),
            Filters = ProxyFilter.Create(proxy, ofBackend: true, engine.WorkerCount),
            CheckScript = ScriptOf(proxy.HealthCheck),
            Notices = NoticesOf(proxy),
            ContentRules = proxy.IsFrontend ? null : TcpRuleList.Create(proxy.TcpRequestContent),
            ResponseContentRules = TcpRuleList.Create(proxy.TcpResponseContent),
        };
        int index = 0;
        foreach (ServerConfig server in proxy.Servers)
        {
            var state = new ServerState(backend, server, index++);
            Resolve(state);
            // opened while the process may: later it may live in a chroot
            if (server.Namespace is { } space && !NetworkNamespaces.Exists(space))
                Errors.Add(new BuildError(server.Position, $"'server {proxy.Name}/{server.Name}' : cannot open namespace '{space}'."));
            state.ConfiguredEndpoint = state.Endpoint;
            if (server.PoolConnName is { } sample)
                state.PoolNameIndex = TlsServerBuilder.NameIndex(backend, sample);
            bool checksUseTls = server.Check.On && (server.Check.Ssl || state.HealthCheck.UsesTls);
            state.PreparedTls = server.Tls is { IsPrepared: true } || checksUseTls ? TlsOf(engine, state) : null;
            state.Tls = server.Tls is { IsOn: true } ? state.PreparedTls : null;
            state.CheckTls = state.Tls ?? (checksUseTls ? state.PreparedTls : null);
            backend.Servers.Add(state);
        }
        backend.Dispatch = Dispatch(backend, proxy);
        backend.ServerRules = ServerRules.Create(backend);
        backend.Balancer = BalancerFactory.Create(backend);
        backend.Balancer.Refresh();
        return backend;
    }

    /// <summary>COMPAT: what the log shows where a stream has no server.</summary>
    private const string DispatchName = "<NOSRV>";

    /// <summary>"dispatch" and "transparent": where streams go when nothing else chooses a server; null when there is none. COMPAT: a
    /// "balance" line takes its place.</summary>
    private ServerState? Dispatch(BackendState backend, ProxyConfig proxy)
    {
        AddressConfig? address = proxy.Dispatch;
        if (address is null && (proxy.Options & ProxyOptions.Transparent) != 0)
            address = new AddressConfig { Kind = AddressKind.Any, Text = "*" };
        if (address is null || proxy.HasBalance)
            return null;
        var state = new ServerState(
            backend,
            new ServerConfig
            {
                Name = DispatchName,
                Position = proxy.Position,
                Address = address,
            },
            proxy.Servers.Count
        );
        Resolve(state);
        state.ConfiguredEndpoint = state.Endpoint;
        return state;
    }

    /// <summary>init-addr: "last,libc" unless told otherwise; "none" starts without an address, an IP is the last resort.</summary>
    private void Resolve(ServerState server)
    {
        AddressConfig address = server.Config.Address;
        if (address.Kind != AddressKind.Name)
        {
            server.Endpoint = AddressResolver.ServerEndpoint(address, server.Config.ResolvePrefer);
            return;
        }
        // a service has no address: its records come later
        if (server.Config.Resolvers is not null && ResolversState.IsService(address.HostName))
        {
            Disable(server, asked: false);
            return;
        }
        string[] methods = server.Config.InitAddrMethods.Length > 0 ? server.Config.InitAddrMethods : s_usualMethods;
        bool asked = false;
        foreach (string method in methods)
        {
            // "none" ends the list: what stands behind it is never asked
            if (method == "none")
            {
                Disable(server, asked);
                return;
            }
            server.Endpoint = method switch
            {
                "last" => server.Backend.Engine.ServerStates?.LastAddress(server),
                "libc" => AddressResolver.ServerEndpoint(address, server.Config.ResolvePrefer, server.Backend.Engine.Families),
                _ => AddressParser.Ip(method) is { } ip
                    ? SocketEndpoint.FromAddress(SocketAddress.From(ip, address.PortKind == PortKind.Absolute ? address.Port : 0))
                    : null,
            };
            if (server.Endpoint is not null)
            {
                if (asked && method is not ("last" or "libc"))
                    Warnings.Add(
                        new BuildError(
                            server.Config.Position,
                            $"{Who(server)} : could not resolve address '{address.HostName}', falling back to configured address."
                        )
                    );
                return;
            }
            asked |= method == "libc";
        }
        if (config.Global.IgnoreUnresolvedServers)
        {
            Disable(server, asked);
            return;
        }
        string what = asked ? "could not resolve address" : "no method found to resolve address";
        Errors.Add(new BuildError(server.Config.Position, $"{Who(server)} : {what} '{address.HostName}'.") { IsOfLine = false });
    }

    private static readonly string[] s_usualMethods = ["last", "libc"];

    private static string Who(ServerState server) =>
        server.Name == DispatchName ? $"'dispatch' of proxy '{server.Backend.Name}'" : $"'server {server.Backend.Name}/{server.Name}'";

    /// <summary>It starts without an address; that its name was asked for in vain is worth a warning.</summary>
    private void Disable(ServerState server, bool asked)
    {
        server.Admin |= AdminState.ResolutionMaintenance;
        if (asked)
            Warnings.Add(
                new BuildError(
                    server.Config.Position,
                    $"{Who(server)} : could not resolve address '{server.Config.Address.HostName}', disabling server."
                )
                {
                    IsOfLine = false,
                }
            );
    }

    /// <summary>fullconn. COMPAT: without it a tenth of what the frontends that may lead to the backend take together.</summary>
    private static void SetFullConn(EngineState engine)
    {
        var sums = new Dictionary<BackendState, long>(engine.Backends.Count);
        var reached = new HashSet<BackendState>();
        foreach (FrontendState f in engine.Frontends)
        {
            reached.Clear();
            if (f.DefaultBackend is { } fallback)
                reached.Add(fallback);
            foreach (BackendSwitch s in f.Switches)
                if (s.Backend is { } chosen)
                    reached.Add(chosen);
            foreach (BackendState b in reached)
                sums[b] = sums.GetValueOrDefault(b) + f.MaxConn;
        }
        foreach (BackendState b in engine.Backends)
            b.FullConn = b.Config.FullConn > 0 ? b.Config.FullConn : (int)Math.Max(1, (sums.GetValueOrDefault(b) + 9) / 10);
    }

    private void LinkFrontend(EngineState engine, FrontendState frontend)
    {
        ProxyConfig proxy = frontend.Config;
        string? name = proxy.DefaultBackend;
        if (name is null && proxy.IsBackend)
            name = proxy.Name;
        if (name is not null)
            frontend.DefaultBackend = engine.FindBackend(name);
        foreach (UseBackendConfig use in proxy.UseBackends)
        {
            var condition = use.Condition is null ? null : new Acls.Condition(use.Condition);
            frontend.Switches.Add(
                use.BackendName.IsLiteral
                    ? new BackendSwitch(condition, engine.FindBackend(use.BackendName.Text), null) { Position = use.Position }
                    : new BackendSwitch(condition, null, new Logs.FormattedText(use.BackendName)) { Position = use.Position }
            );
        }
    }
}
