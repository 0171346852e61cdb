// What is said when an operator changes a server's state. COMPAT: the words and levels of haproxy 2.6.
using System.Globalization;
using Baton.Engine.Logs.Senders;
using Baton.Engine.Proxies;

namespace Baton.Engine.Servers;

/// <summary>A server and its backend as they were before a change; afterwards it tells the difference.</summary>
public readonly struct ServerNotices
{
    private const AdminState Maintenance = AdminState.AnyMaintenance,
        Drain = AdminState.AnyDrain;

    private readonly ServerState _server;
    private readonly AdminState _admin;
    private readonly ServerOperation _operation;
    private readonly bool _up;
    private readonly string _why,
        _maintenance;

    /// <param name="why">What is said behind "is DOWN".</param>
    /// <param name="maintenance">What is said in brackets of maintenance; empty for nothing.</param>
    public ServerNotices(ServerState server, string why, string maintenance)
    {
        (_server, _why) = (server, why);
        _maintenance = maintenance.Length > 0 ? $" ({maintenance})" : "";
        (_admin, _operation, _up) = (server.Admin, server.Operation, server.Backend.UsableServers > 0);
    }

    private string Who => $"{(_server.Config.Backup ? "Backup " : "")}Server {_server.Backend.Name}/{_server.Name}";

    /// <param name="requeued">Streams that left its queue for another server.</param>
    public void Announce(int requeued)
    {
        bool wasOut = (_admin & Maintenance) != 0,
            isOut = (_server.Admin & Maintenance) != 0;
        bool drained = (_admin & Drain) != 0,
            drains = (_server.Admin & Drain) != 0;
        int level = drained || _operation == ServerOperation.Stopping ? NoticeLog.LevelNotice : NoticeLog.LevelAlert;
        bool down = _server.IsDown;
        string state =
            down ? "DOWN"
            : _server.Operation == ServerOperation.Stopping ? "stopping"
            : "UP";
        if (isOut && !wasOut && _operation == ServerOperation.Stopped)
            Say(NoticeLog.LevelNotice, $"was DOWN and now enters maintenance{_maintenance}.");
        else if (isOut && !wasOut)
            Say(level, $"is going DOWN for maintenance{_maintenance}. {Left(requeued)}");
        else if ((_admin & AdminState.ResolutionMaintenance) != 0 && !_server.IsWithoutAddress)
            ResolvesAgain(state, drains, isOut);
        else if (wasOut && !isOut)
        {
            Say(NoticeLog.LevelNotice, $"is {state}/{(drains ? "DRAIN" : "READY")} (leaving forced maintenance).");
            if (drains)
                Say(NoticeLog.LevelNotice, "remains in forced drain mode.");
        }
        else if (!isOut && drains != drained)
            Say(NoticeLog.LevelNotice, drains ? $"enters drain state. {Online()}" : $"is {state} (leaving forced drain).");
        else if (!isOut && _server.Operation != _operation)
        {
            Say(down ? level : NoticeLog.LevelNotice, $"is {state}{_why}. {(down ? Left(requeued) : Online())}");
            if (drains)
                Say(NoticeLog.LevelNotice, "remains in forced drain mode.");
        }
        BackendState backend = _server.Backend;
        if (_up && backend.UsableServers == 0)
        {
            string kind = backend.Config.IsFrontend ? "proxy" : "backend";
            backend.Engine.Alert(
                backend.Notices,
                $"{kind} '{backend.Name}' has no server available!",
                $"{kind} {backend.Name} has no server available!"
            );
        }
    }

    private void ResolvesAgain(string state, bool drains, bool isOut)
    {
        string name = _server.Fqdn ?? _server.Config.Address.HostName;
        Say(
            NoticeLog.LevelNotice,
            isOut
                ? $"('{name}') resolves again but remains in maintenance."
                : $"('{name}') is {state}/{(drains ? "DRAIN" : "READY")} (resolves again)."
        );
        Say(NoticeLog.LevelNotice, "administratively READY thanks to valid DNS answer.");
    }

    private void Say(int level, string what) => _server.Backend.Engine.Warn(_server.Backend.Notices, $"{Who} {what}", level);

    private string Left(int requeued) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Counts("left")} {_server.CurrentSessions} sessions active, {requeued} requeued, {_server.Queue.Count} remaining in queue."
        );

    private string Online() =>
        string.Create(CultureInfo.InvariantCulture, $"{Counts("online")} 0 sessions requeued, {_server.Queue.Count} total in queue.");

    private string Counts(string how)
    {
        (int active, int backup) = _server.Backend.CountUsable();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{active} active and {backup} backup servers {how}.{(active == 0 && backup > 0 ? " Running on backup." : "")}"
        );
    }
}
