// The master's command line: the sockets of "-S ADDRESS[,option...]" and who is connected to them.
using System;
using System.Collections.Generic;
using System.Globalization;
using Baton.Configuration.Model;
using Baton.Configuration.Values;
using Baton.Engine.Build;
using Baton.Engine.Connections;
using Baton.Interop.Linux;

namespace Baton.Control.Master;

/// <summary>OWNER: the master's only thread.</summary>
internal sealed class MasterCli(MasterProcess master)
{
    private const int MaxConnections = 64;

    /// <summary>Connections that wait for the result of a reload across the execution of a new program: "FD,FD".</summary>
    private const string WaitingVariable = "BATON_MASTER_CLI";

    private readonly List<(int Fd, CliLevel Level)> _listeners = [];

    /// <summary>Those at a path of the file system: a new master can bind there although others hold the socket.</summary>
    public List<(int Fd, CliLevel Level)> Paths { get; } = [];
    private readonly List<MasterCliConnection> _connections = [];
    private int _watched;

    /// <summary>Sockets bound under another name that is to become theirs.</summary>
    private readonly List<(string Temporary, string Final)> _renames = [];

    /// <summary>Binds all of them; what cannot be bound is reported. Paths are reached from <see cref="Publish"/> on.</summary>
    public bool Open(IReadOnlyList<string> sockets)
    {
        bool ok = true;
        foreach (string text in sockets)
        {
            string? error = OpenOne(text);
            if (error is null)
                continue;
            master.Alert($"Starting master CLI : {error} [{text}]");
            ok = false;
        }
        return ok;
    }

    /// <summary>A path is bound under a temporary name and renamed: there is never no socket at it.</summary>
    public bool Publish()
    {
        bool ok = true;
        foreach ((string temporary, string final) in _renames)
        {
            if (Files.rename(temporary, final) == 0)
                continue;
            master.Alert($"Starting master CLI : cannot rename UNIX socket ({Errno.Message(Sockets.Last)}) [{final}]");
            ok = false;
        }
        _renames.Clear();
        return ok;
    }

    private string? OpenOne(string text)
    {
        string[] words = text.Split(',');
        var bind = new BindConfig { Position = new SourcePosition("-S", 0), Level = CliLevel.Admin };
        if (MasterCliOptions.Apply(words, bind) is { } wrong)
            return wrong;
        if (AddressParser.Parse(words[0], AddressUse.Bind, out string error) is not { } address)
            return error;
        if (address.Kind == AddressKind.Inherited)
        {
            Files.SetNonBlocking(address.FileDescriptor);
            _listeners.Add((address.FileDescriptor, bind.Level));
            return null;
        }
        SocketEndpoint? endpoint = AddressResolver.BindEndpoint(address, address.Port, bind, new GlobalConfig());
        if (endpoint is null)
            return $"could not resolve address '{words[0]}'";
        int fd = Sockets.socket(endpoint.Family, Sockets.SOCK_STREAM | Sockets.SOCK_NONBLOCK | Sockets.SOCK_CLOEXEC, 0);
        error = fd < 0 ? "cannot create listening socket" : Bind(fd, endpoint, bind) ?? "";
        if (error.Length == 0)
        {
            _listeners.Add((fd, bind.Level));
            if (IsPath(endpoint))
                Paths.Add((fd, bind.Level));
            return null;
        }
        if (fd >= 0)
            Files.close(fd);
        return error;
    }

    private static bool IsPath(SocketEndpoint endpoint) => endpoint.Family == Sockets.AF_UNIX && !endpoint.Path.StartsWith('\0');

    private string? Bind(int fd, SocketEndpoint endpoint, BindConfig bind)
    {
        bool path = IsPath(endpoint);
        string temporary = $"{endpoint.Path}.{Processes.getpid()}.tmp";
        if (path)
            Files.unlink(temporary);
        else
        {
            Sockets.SetOption(fd, Sockets.SOL_SOCKET, Sockets.SO_REUSEADDR, 1);
            Sockets.SetOption(fd, Sockets.SOL_SOCKET, Sockets.SO_REUSEPORT, 1);
        }
        SocketEndpoint where = path ? SocketEndpoint.FromPath(temporary, false) : endpoint;
        if (where.Bind(fd) < 0)
            return $"cannot bind socket ({Errno.Message(Sockets.Last)})";
        if (path)
            _renames.Add((temporary, endpoint.Path));
        // with other rights than asked for it must not be reached at all
        bool mine =
            !path
            || (bind.UnixMode < 0 || Files.chmod(temporary, bind.UnixMode) == 0)
                && (bind.UnixUid < 0 && bind.UnixGid < 0 || Files.chown(temporary, bind.UnixUid, bind.UnixGid) == 0);
        string? failed =
            !mine ? "cannot change UNIX socket ownership"
            : Sockets.listen(fd, 64) < 0 ? "cannot listen to socket"
            : null;
        return failed is null ? null : $"{failed} ({Errno.Message(Sockets.Last)})";
    }

    /// <summary>Adds what is to be polled, always at the same place behind what the master polls itself.</summary>
    public void Watch(List<PollDescriptor> set)
    {
        foreach ((int fd, _) in _listeners)
            set.Add(new PollDescriptor { Fd = _connections.Count < MaxConnections ? fd : -1, Events = 1 });
        _watched = _connections.Count;
        foreach (MasterCliConnection connection in _connections)
            connection.Watch(set);
    }

    /// <summary>The results of what <see cref="Watch"/> added.</summary>
    public void OnEvents(ReadOnlySpan<PollDescriptor> results)
    {
        for (int i = 0; i < _watched; i++)
            _connections[i].OnEvents(results[_listeners.Count + 2 * i], results[_listeners.Count + 2 * i + 1]);
        for (int i = 0; i < _listeners.Count; i++)
        {
            if (results[i].Results == 0)
                continue;
            int fd = SocketNames.Accept(_listeners[i].Fd);
            if (fd >= 0)
                _connections.Add(new MasterCliConnection(master, fd, _listeners[i].Level));
        }
        _connections.RemoveAll(static c => c.IsClosed);
    }

    /// <summary>Answers everyone who waits for the reload.</summary>
    public void ReloadEnded(bool success, string log)
    {
        foreach (MasterCliConnection connection in _connections)
            connection.OnReloadEnded(success, log);
    }

    /// <summary>Leaves the waiting connections to the program that takes this one's place.</summary>
    public void Bequeath(List<string> environment)
    {
        List<MasterCliConnection> waiting = _connections.FindAll(static c => c.WaitsForReload);
        foreach (MasterCliConnection connection in waiting)
            Files.SetCloseOnExec(connection.Fd, false);
        if (waiting.Count > 0)
            environment.Add(
                $"{WaitingVariable}={string.Join(',', waiting.ConvertAll(static c => c.Fd.ToString(CultureInfo.InvariantCulture)))}"
            );
    }

    /// <summary>The execution failed: keeps them.</summary>
    public void Retain()
    {
        foreach (MasterCliConnection connection in _connections)
            Files.SetCloseOnExec(connection.Fd, true);
    }

    /// <summary>In the new program: the connections the one before has left.</summary>
    public void Adopt()
    {
        string? list = Environment.GetEnvironmentVariable(WaitingVariable);
        Environment.SetEnvironmentVariable(WaitingVariable, null);
        foreach (string number in (list ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int fd) || !Files.IsSocket(fd))
                continue;
            Files.SetCloseOnExec(fd, true);
            _connections.Add(new MasterCliConnection(master, fd, CliLevel.Admin) { WaitsForReload = true });
        }
    }

    public void Close()
    {
        foreach ((string temporary, _) in _renames)
            Files.unlink(temporary);
        foreach (MasterCliConnection connection in _connections)
            connection.Close();
        foreach ((int fd, _) in _listeners)
            Files.close(fd);
    }
}
