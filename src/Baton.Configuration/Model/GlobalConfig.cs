// The global section.
using System;
using System.Collections.Generic;

namespace Baton.Configuration.Model;

public sealed class GlobalConfig
{
    /// <summary>expose-experimental-directives: what HAProxy calls experimental may be used behind it.</summary>
    public bool ExposeExperimentalDirectives { get; set; }
    public bool Daemon { get; set; }
    public bool MasterWorker { get; set; }
    public bool MasterWorkerNoExitOnFailure { get; set; }
    public int MasterWorkerMaxReloads { get; set; } = -1;
    public string? PidFile { get; set; }
    public string? Chroot { get; set; }
    public string? User { get; set; }
    public string? Group { get; set; }
    public int Uid { get; set; } = -1;
    public int Gid { get; set; } = -1;

    /// <summary>A user, or a group, other than root has been chosen: another line does not change it.</summary>
    internal bool HasUser { get; set; }
    internal bool HasGroup { get; set; }

    /// <summary>0: derived from limits.</summary>
    public int MaxConn { get; set; }
    public int UlimitN { get; set; }
    public int FdHardLimit { get; set; }
    public bool StrictLimits { get; set; } = true;

    /// <summary>0: available cores.</summary>
    public int NbThread { get; set; }
    public List<CpuMapConfig> CpuMaps { get; } = [];
    public int HardStopAfterMs { get; set; } = -1;

    /// <summary>grace: how long a process that was told to stop (SIGUSR1) goes on as before.</summary>
    public int GraceMs { get; set; }
    public int CloseSpreadTimeMs { get; set; } = -1;

    /// <summary>By how much the time between two checks varies, in percent either way; and the most that the start of the checks is
    /// spread over (ms), 0 for their whole interval.</summary>
    public int SpreadChecks { get; set; }
    public int MaxSpreadChecksMs { get; set; }

    /// <summary>Programs may check servers, may be started at all, and have the environment of this process.</summary>
    public bool ExternalChecks { get; set; }
    public bool MayFork { get; set; }
    public bool ExternalChecksKeepEnvironment { get; set; }
    public bool NoReusePort { get; set; }
    public string? Node { get; set; }
    public string? Description { get; set; }
    public string? LogTag { get; set; }

    /// <summary>log-send-hostname: null off, "" the machine's name.</summary>
    public string? LogSendHostname { get; set; }
    public List<LogTargetConfig> Logs { get; } = [];
    public List<BindConfig> StatsSockets { get; } = [];

    /// <summary>Lines of traces sections, and "trace" of the global section, in their order.</summary>
    public List<TraceLineConfig> Traces { get; } = [];

    /// <summary>stats timeout, milliseconds, default 10 s.</summary>
    public int StatsTimeoutMs { get; set; } = 10_000;
    public int StatsMaxConn { get; set; } = 10;
    public string? ServerStateBase { get; set; }
    public string? ServerStateFile { get; set; }

    /// <summary>"localpeer", or -L, which goes before it: the name of this process among peers; null for the machine's.</summary>
    public string? LocalPeer { get; set; }

    /// <summary>The command line said it.</summary>
    public bool HasLocalPeerOption { get; set; }

    /// <summary>A server whose name does not resolve starts in maintenance (-dr).</summary>
    public bool IgnoreUnresolvedServers { get; set; }
    public int BufferSize { get; set; } = 16384;

    /// <summary>Bytes of a buffer that reading leaves free for rules; never more than half of it.</summary>
    public int MaxRewrite
    {
        get => Math.Min(_maxRewrite, BufferSize / 2);
        set => _maxRewrite = value;
    }
    private int _maxRewrite = 1024;
    public int MaxHttpHeaders { get; set; } = 101;

    /// <summary>tune.h2.*</summary>
    public Http2Config Http2 { get; } = new();

    /// <summary>tune.http.logurilen: room for a request line in the log, one byte more than is kept of it.</summary>
    public int LoggedUriLength { get; set; } = 1024;

    /// <summary>tune.http.cookielen: bytes of a cookie that can be captured.</summary>
    public int CapturedCookieLength { get; set; } = 63;
    public int MaxAccept { get; set; }

    /// <summary>tune.stick-counters: entries that a stream can track at a time.</summary>
    public int StickCounters { get; set; } = 3;

    /// <summary>Statuses that stick tables count as errors of clients, and as failures of servers.</summary>
    public StatusSet HttpErrCodes { get; } = new(400, 499);
    public StatusSet HttpFailCodes { get; } = new(500, 599, 501, 505);
    public int MaxPollEvents { get; set; }
    public int RcvBufClient { get; set; }
    public int RcvBufServer { get; set; }
    public int SndBufClient { get; set; }
    public int SndBufServer { get; set; }

    /// <summary>tune.vars.*-max-size in bytes, 0 for no limit; "exchange" stands for reqres.</summary>
    public int VariablesGlobalMax { get; set; }
    public int VariablesProcessMax { get; set; }
    public int VariablesSessionMax { get; set; }
    public int VariablesTransactionMax { get; set; }
    public int VariablesExchangeMax { get; set; }

    /// <summary>"stats-file": counters to begin with; null without one.</summary>
    public string? StatsFile { get; set; }

    /// <summary>"dns-accept-family".</summary>
    public DnsFamilies DnsFamilies { get; set; } = DnsFamilies.IPv4 | DnsFamilies.IPv6;
    public int VariablesCheckMax { get; set; }

    /// <summary>tune.idle-pool.shared off: each thread uses the idle server connections alone that it keeps.</summary>
    public bool KeepsIdleApart { get; set; }

    /// <summary>nosplice: bulk transfers go through buffers.</summary>
    public bool NoSplice { get; set; }

    /// <summary>maxpipes of the whole process and tune.pipesize in bytes; 0 for the default.</summary>
    public int MaxPipes { get; set; }
    public int PipeSize { get; set; }

    /// <summary>h1-case-adjust: names in lower case and the spelling wanted.</summary>
    public Dictionary<string, string> HeaderSpellings { get; } = [];
    public DefaultPathPolicy DefaultPath { get; set; }
    public string DefaultPathOrigin { get; set; } = "";

    /// <summary>Where the process was when default-path first changed it; null as long as nothing has.</summary>
    internal string? StartDirectory { get; set; }

    /// <summary>set-dumpable.</summary>
    public bool Dumpable { get; set; }

    /// <summary>tune.defaults.purge: named defaults sections are not kept for backends that are added at run time.</summary>
    public bool PurgesDefaults { get; set; }

    /// <summary>h1-accept-payload-with-any-method.</summary>
    public bool AcceptPayloadWithAnyMethod { get; set; }

    /// <summary>harden.reject-privileged-ports.tcp.</summary>
    public bool RejectPrivilegedPorts { get; set; }
    public int MaxConnRate { get; set; }
    public int MaxSessRate { get; set; }

    /// <summary>maxcomprate in kilobytes a second, and maxzlibmem in megabytes: 0 for no limit; maxcompcpuusage in percent.</summary>
    public int MaxCompressionRate { get; set; }
    public int MaxZlibMemory { get; set; }
    public int MaxCompressionCpuUsage { get; set; } = 100;

    /// <summary>tune.comp.maxlevel, tune.zlib.memlevel and tune.zlib.windowsize: numbers that zlib knows.</summary>
    public int MaxCompressionLevel { get; set; } = 1;
    public int ZlibMemoryLevel { get; set; } = 8;
    public int ZlibWindowSize { get; set; } = 15;
    public string? UnixBindPrefix { get; set; }
    public int UnixBindMode { get; set; } = -1;
    public int UnixBindUid { get; set; } = -1;
    public int UnixBindGid { get; set; } = -1;

    /// <summary>handover-probation in milliseconds: how long the old process stands ready to take over again after a reload.</summary>
    public int HandoverProbationMs { get; set; } = 500;

    /// <summary>handover-counters reset: statistics start from nothing after a reload.</summary>
    public bool ResetCountersOnReload { get; set; }

    /// <summary>"set-var" and "set-var-fmt" lines, evaluated in their order at start.</summary>
    public List<Expressions.ProcessVariableConfig> ProcessVariables { get; } = [];

    /// <summary>What is said of TLS.</summary>
    public TlsGlobalConfig Tls { get; } = new();
    public bool Quiet { get; set; }
    public bool ZeroWarning { get; set; }
}
