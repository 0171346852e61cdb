// How a server is checked: what stands behind "check" on its line.
namespace Baton.Configuration.Model;

public sealed record CheckConfig
{
    public const int DefaultInterMs = 2000;

    /// <summary>"check"; without it the other settings wait for one.</summary>
    public bool On { get; set; }

    /// <summary>Times between two checks (ms): as a rule, while the state changes, while it is down; 0 where the first holds.</summary>
    public int InterMs { get; set; } = DefaultInterMs;
    public int FastInterMs { get; set; }
    public int DownInterMs { get; set; }

    /// <summary>Good checks that bring it up, bad ones that bring it down.</summary>
    public int Rise { get; set; } = 2;
    public int Fall { get; set; } = 3;

    /// <summary>"init-state".</summary>
    public InitialState Begins { get; set; }
    public bool BeginsDown => On && Begins is (InitialState.Down or InitialState.FullyDown);

    /// <summary>"healthcheck": the section whose check it is instead of its backend's; and that check.</summary>
    public string? SectionName { get; set; }
    public HealthCheckConfig? Own { get; set; }

    /// <summary>Where checks go instead of where traffic goes: 0 and null for the same.</summary>
    public int Port { get; set; }
    public AddressConfig? Address { get; set; }
    public bool SendProxy { get; set; }
    public bool ViaSocks4 { get; set; }

    /// <summary>"check-ssl": over TLS even where traffic is plain or checks go somewhere else; and the name they ask for then.</summary>
    public bool Ssl { get; set; }
    public string? ServerName { get; set; }

    /// <summary>"check-sni-auto": without such a name, that of the Host field of the request they send.</summary>
    public bool NameIsAutomatic { get; set; }

    /// <summary>"check-alpn" and "check-proto": what checks offer and speak; null as traffic does.</summary>
    public byte[]? Alpn { get; set; }
    public string? Proto { get; set; }

    /// <summary>"check-reuse-pool": an idle connection of the server will do where there is one; and what that has to be called
    /// ("check-pool-conn-name"), null for the name that checks ask for.</summary>
    public bool ReusesPool { get; set; }
    public string? PoolName { get; set; }

    /// <summary>"on-marked-down shutdown-sessions", "on-marked-up shutdown-backup-sessions".</summary>
    public bool EndsSessionsWhenDown { get; set; }
    public bool EndsBackupSessionsWhenUp { get; set; }

    /// <summary>"observe", "error-limit", "on-error".</summary>
    public ObservedLayer Observe { get; set; }
    public int ErrorLimit { get; set; } = 10;
    public CheckOnError OnError { get; set; }

    /// <summary>"slowstart": how long it takes one that has come back to take its full share; 0 for no time.</summary>
    public int SlowStartSeconds { get; set; }
}
