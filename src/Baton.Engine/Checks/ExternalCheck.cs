// "option external-check": a program is run, and its exit status says how the server does. There is one for each server at most: where one
// that has been told to end is still there, the next one waits for that.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Threading;
using Baton.Configuration.Model;
using Baton.Engine.Connections;
using Baton.Engine.Loop;
using Baton.Engine.Servers;
using Baton.Interop.Linux;

namespace Baton.Engine.Checks;

/// <summary>OWNER: as <see cref="ServerCheck"/>.</summary>
internal sealed class ExternalCheck : ServerCheck
{
    /// <summary>Programs at a time, of all servers: more of them wait for their turn.</summary>
    private const int MostPrograms = 256;

    /// <summary>How long one waits that cannot run now (ms), and what a program that could not be run counts as.</summary>
    private const int RetryMs = 50,
        NotRun = 255;

    private const string Unknown = "NOT_USED";
    private static int s_programs;

    private readonly HealthCheckConfig _config;
    private CheckProgram? _program;

    public ExternalCheck(ServerState server, Worker owner)
        : base(server, owner, null) => _config = server.HealthCheck;

    private protected override void Start()
    {
        if (_program is not null || Volatile.Read(ref s_programs) >= MostPrograms)
        {
            Wait(RetryMs);
            return;
        }
        NoteStart();
        Worker.Timers.Arm(this, DueMs);
        List<string> environment = Environment(out string[] arguments);
        int pid = ChildPrograms.Start(Find(_config.Command!), arguments, environment);
        if (pid < 0)
        {
            Finish(new(CheckVerdict.Failed, CheckStatus.ProcessError, NotRun, Errno.Message(-pid)));
            return;
        }
        Interlocked.Increment(ref s_programs);
        _program = new CheckProgram(Worker, pid, Ended);
        _program.Begin();
    }

    /// <summary>It has ended, in time or after it was told to.</summary>
    private void Ended(int status)
    {
        Interlocked.Decrement(ref s_programs);
        _program = null;
        if (InProgress)
            Finish(
                status == 0 ? new(CheckVerdict.Done, CheckStatus.ProcessOk) : new(CheckVerdict.Failed, CheckStatus.ProcessError, status)
            );
    }

    private protected override CheckAnswer TimedOut()
    {
        _program?.Stop();
        return new(CheckVerdict.Failed, CheckStatus.ProcessTimeout);
    }

    public override void End()
    {
        base.End();
        _program?.Stop();
    }

    internal override void Leave() => _program?.Kill();

    /// <summary>Where the program is; its own name when it is nowhere, which says so when it is run.</summary>
    private string Find(string command)
    {
        if (command.Contains('/'))
            return command;
        foreach (string directory in (_config.CommandPath ?? "").Split(':'))
        {
            string file = Path.Combine(directory.Length == 0 ? "." : directory, command);
            if (File.Exists(file))
                return file;
        }
        return command;
    }

    /// <summary>What the program is told. COMPAT: arguments and names.</summary>
    private List<string> Environment(out string[] arguments)
    {
        ProxyConfig proxy = Server.Backend.Config;
        AddressConfig? bind = proxy.Binds.Count > 0 && proxy.Binds[0].Addresses.Count > 0 ? proxy.Binds[0].Addresses[0] : null;
        (string proxyAddress, string proxyPort) = bind is null
            ? ("", "")
            : Of(Build.AddressResolver.ServerEndpoint(bind, AddressKind.IPv4));
        (string address, string port) = Of(Server.Endpoint);
        arguments =
        [
            _config.Command!,
            proxyAddress.Length > 0 ? proxyAddress : Unknown,
            proxyPort.Length > 0 ? proxyPort : Unknown,
            address.Length > 0 ? address : Unknown,
            port.Length > 0 ? port : Unknown,
        ];
        List<string> environment = Worker.Engine.Config.Global.ExternalChecksKeepEnvironment ? Processes.Environment() : [];
        environment.RemoveAll(static e =>
            e.StartsWith("HAPROXY_SERVER_", StringComparison.Ordinal) || e.StartsWith("HAPROXY_PROXY_", StringComparison.Ordinal)
        );
        if (_config.CommandPath is { } path)
        {
            environment.RemoveAll(static e => e.StartsWith("PATH=", StringComparison.Ordinal));
            environment.Add($"PATH={path}");
        }
        environment.AddRange([
            $"HAPROXY_PROXY_ADDR={proxyAddress}",
            $"HAPROXY_PROXY_PORT={proxyPort}",
            $"HAPROXY_PROXY_NAME={proxy.Name}",
            string.Create(CultureInfo.InvariantCulture, $"HAPROXY_PROXY_ID={proxy.Id}"),
            $"HAPROXY_SERVER_ADDR={address}",
            $"HAPROXY_SERVER_PORT={port}",
            $"HAPROXY_SERVER_NAME={Server.Name}",
            string.Create(CultureInfo.InvariantCulture, $"HAPROXY_SERVER_ID={Server.Id}"),
            string.Create(CultureInfo.InvariantCulture, $"HAPROXY_SERVER_MAXCONN={Server.MaxConn}"),
            string.Create(CultureInfo.InvariantCulture, $"HAPROXY_SERVER_CURCONN={Server.CurrentSessions}"),
            $"HAPROXY_SERVER_SSL={(Server.Tls is null ? 0 : 1)}",
            $"HAPROXY_SERVER_PROTO={(proxy.Mode == ProxyMode.Http ? "h1" : "tcp")}",
        ]);
        return environment;
    }

    private static (string Address, string Port) Of(SocketEndpoint? endpoint) =>
        endpoint is null ? ("", "")
        : endpoint.Path.Length > 0 ? (endpoint.Path, "")
        : (endpoint.Address.IpToString(), endpoint.Address.Port.ToString(CultureInfo.InvariantCulture));
}
