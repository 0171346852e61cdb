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
        string how = IsNew(AdminState.InheritedMaintenance) ? Via : _maintenance;
        if (isOut && !wasOut && _operation == ServerOperation.Stopped)
            Say(NoticeLog.LevelNotice, $"was DOWN and now enters maintenance{how}.");
        else if (isOut && !wasOut)
            Say(level, $"is going DOWN for maintenance{how}. {Left(requeued)}");
        else if ((_admin & AdminState.ResolutionMaintenance) != 0 && !_server.IsWithoutAddress)
            ResolvesAgain(state, drains, isOut);
        else if (isOut)
            StaysOut();
        else if (wasOut)
        {
            string left = IsOver(AdminState.InheritedMaintenance) ? "maintenance" : "forced maintenance";
            Say(NoticeLog.LevelNotice, $"is {state}/{(drains ? "DRAIN" : "READY")} (leaving {left}).");
            if (drains)
                Say(NoticeLog.LevelNotice, "remains in forced drain mode.");
        }
        else if (((_admin ^ _server.Admin) & Drain) != 0)
            Drains(state, drained, drains);
        else if (_server.Operation != _operation)
        {
            string what = $"is {state}{_why}. {(down ? Left(requeued) : Online())}";
            Say(down ? level : NoticeLog.LevelNotice, what);
            if (down || _server.Operation != ServerOperation.Stopping)
                Mail(down ? level : NoticeLog.LevelNotice, what);
            if (drains)
                Say(NoticeLog.LevelNotice, "remains in forced drain mode.");
        }
        BackendState backend = _server.Backend;
        if (_up && backend.UsableServers == 0)
        {
            string kind = backend.Config.IsFrontend ? "proxy" : "backend";
            backend.Engine.Notices.Alert(
                backend.Notices,
                $"{kind} '{backend.Name}' has no server available!",
                $"{kind} {backend.Name} has no server available!"
            );
        }
    }

    private bool IsNew(AdminState bit) => (_server.Admin & ~_admin & bit) != 0;

    private bool IsOver(AdminState bit) => (_admin & ~_server.Admin & bit) != 0;

    private string Via => _server.Tracked is { } tracked ? $" via {Tracking.NameOf(tracked)}" : "";

    /// <summary>One of two reasons to be in maintenance is over.</summary>
    private void StaysOut()
    {
        const AdminState forced = AdminState.ForcedMaintenance | AdminState.ConfiguredMaintenance;
        if (IsOver(AdminState.InheritedMaintenance) && (_server.Admin & forced) != 0)
            Say(NoticeLog.LevelNotice, "remains in forced maintenance.");
        else if (IsOver(forced) && (_server.Admin & (forced | AdminState.InheritedMaintenance)) == AdminState.InheritedMaintenance)
            Say(NoticeLog.LevelNotice, $"is leaving forced maintenance but remains in maintenance{Via}.");
    }

    private void Drains(string state, bool drained, bool drains)
    {
        bool isForced = (_server.Admin & AdminState.ForcedDrain) != 0;
        string what =
            !drains ? $"is {state} (leaving forced drain)."
            : !drained ? $"enters drain state{(isForced ? "" : Via)}. {(_server.IsDown ? Left(0) : Online())}"
            : isForced ? "remains in forced drain mode."
            : $"is leaving forced drain but remains in drain mode{Via}.";
        Say(NoticeLog.LevelNotice, what);
        if (drains && !drained)
            Mail(NoticeLog.LevelNotice, what);
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

    private void Say(int level, string what) => _server.Backend.Engine.Notices.Warn(_server.Backend.Notices, $"{Who} {what}", level);

    /// <summary>COMPAT: only that a server goes down, comes up or drains is worth a mail.</summary>
    private void Mail(int level, string what) => _server.Backend.Mails?.Post(level, $"{Who} {what}");

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
