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
    private readonly bool _down,
        _up;

    public ServerNotices(ServerState server)
    {
        _server = server;
        (_admin, _down, _up) = (server.Admin, server.IsDown, server.Backend.UsableServers > 0);
    }

    private string Who => $"{(_server.Config.Backup ? "Backup " : "")}Server {_server.Backend.Name}/{_server.Name}";

    public void Announce()
    {
        bool wasOut = (_admin & Maintenance) != 0,
            isOut = (_server.Admin & Maintenance) != 0;
        bool drained = (_admin & Drain) != 0,
            drains = (_server.Admin & Drain) != 0;
        int level = drained ? NoticeLog.LevelNotice : NoticeLog.LevelAlert;
        string state = _server.IsDown ? "DOWN" : "UP";
        if (isOut && !wasOut && _down)
            Say(NoticeLog.LevelNotice, "was DOWN and now enters maintenance.");
        else if (isOut && !wasOut)
            Say(level, $"is going DOWN for maintenance. {Left()}");
        else if (wasOut && !isOut)
        {
            Say(NoticeLog.LevelNotice, $"is {state}/{(drains ? "DRAIN" : "READY")} (leaving forced maintenance).");
            if (drains)
                Say(NoticeLog.LevelNotice, "remains in forced drain mode.");
        }
        else if (!isOut && drains != drained)
            Say(NoticeLog.LevelNotice, drains ? $"enters drain state. {Online()}" : $"is {state} (leaving forced drain).");
        else if (!isOut && _server.IsDown != _down)
        {
            Say(_server.IsDown ? level : NoticeLog.LevelNotice, $"is {state}, changed from CLI. {(_server.IsDown ? Left() : Online())}");
            if (drains)
                Say(NoticeLog.LevelNotice, "remains in forced drain mode.");
        }
        BackendState backend = _server.Backend;
        if (_up && backend.UsableServers == 0)
            backend.Engine.Alert(
                backend.Notices,
                $"backend '{backend.Name}' has no server available!",
                $"backend {backend.Name} has no server available!"
            );
    }

    private void Say(int level, string what) => _server.Backend.Engine.Warn(_server.Backend.Notices, $"{Who} {what}", level);

    private string Left() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Counts("left")} {_server.CurrentSessions} sessions active, 0 requeued, {_server.Queue.Count} remaining in queue."
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
