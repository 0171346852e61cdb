// The log of one frontend: the line is evaluated once and sent to every target that wants it.
// SAFETY: lines are written into the worker's LogBuffer through spans of its rooms: _longest is below MaxMessage.
using System;
using System.Collections.Generic;
using Baton.Configuration.Expressions;
using Baton.Configuration.Model;
using Baton.Engine.Proxies;
using Baton.Engine.Streams;
using Baton.Interop.Linux;

namespace Baton.Engine.Logs.Senders;

/// <summary>Shared by the workers; immutable but for the targets' counters.</summary>
public sealed unsafe class ProxyLog
{
    /// <summary>Syslog severities used for traffic.</summary>
    public const int LevelError = 3,
        LevelInfo = 6;

    private readonly LogTarget[] _targets;
    private readonly ILogFormat _line;
    private readonly ILogFormat? _errorLine,
        _structuredData;
    private readonly LogIdentity _identity;
    private readonly ProxyOptions _options;
    private readonly int _longest;

    public ProxyLog(
        LogTarget[] targets,
        ILogFormat line,
        ILogFormat? errorLine,
        ILogFormat? structuredData,
        LogIdentity identity,
        ProxyOptions options
    )
    {
        _targets = targets;
        _line = line;
        _errorLine = errorLine;
        _structuredData = structuredData;
        _identity = identity;
        _options = options;
        foreach (LogTarget target in targets)
            _longest = Math.Max(_longest, Math.Min(target.Config.Length, LogBuffer.MaxMessage) - 1);
    }

    /// <summary>option logasap: the line is written when the answer begins.</summary>
    public bool IsEarly => (_options & ProxyOptions.LogAsap) != 0;

    /// <summary>The line tells something of the server's connection, which is gone when it is written.</summary>
    public bool AsksForServerSide { get; private init; }

    /// <summary>The line shows how many there were before it.</summary>
    public bool CountsLines { get; private init; }

    public IReadOnlyList<LogTarget> Targets => _targets;

    /// <summary>Writes the stream's line, unless dontlognull or dontlog-normal say no.</summary>
    public void Emit(ProxyStream stream)
    {
        if ((_options & ProxyOptions.DontLogNull) != 0 && !stream.HasReceivedAnything)
            return;
        // that line is written at the start: what never became a request has only the one for errors
        if (_line is ConnectLine && (stream.BecameRequest || _errorLine is null || !stream.HasReceivedAnything))
            return;
        bool abnormal = stream.IsAbnormal;
        if (!abnormal && (_options & ProxyOptions.DontLogNormal) != 0)
            return;
        Write(
            stream,
            stream.Log.Level >= 0 ? stream.Log.Level
                : abnormal && (_options & ProxyOptions.LogSeparateErrors) != 0 ? LevelError
                : LevelInfo
        );
    }

    /// <summary>Writes a line of the stream as it stands, whatever the options say about lines at the end.</summary>
    public void EmitNow(ProxyStream stream) => Write(stream, stream.Log.Level >= 0 ? stream.Log.Level : LevelInfo);

    /// <summary>A stream begins. COMPAT: the line of a proxy without a format is written then, whatever the options say, and has no
    /// structured data.</summary>
    public void EmitConnect(ProxyStream stream)
    {
        if (_line is ConnectLine)
            Write(stream, LevelInfo, isStructured: false);
    }

    private void Write(ProxyStream stream, int level, bool isStructured = true)
    {
        LogBuffer buffer = stream.Worker.LogBuffer;
        int length = -1,
            structured = 0;
        long now = 0;
        foreach (LogTarget target in _targets)
        {
            if (level > target.Config.Level || !target.Samples())
                continue;
            if (length < 0)
            {
                stream.UniqueId.TryGet(out _);
                length = (stream.BecameRequest ? _line : _errorLine ?? _line).Write(stream, new Span<byte>(buffer.Message, _longest));
                if (_structuredData is not null && isStructured)
                    structured = _structuredData.Write(stream, new Span<byte>(buffer.StructuredData, LogBuffer.MaxStructuredData));
                if (CountsLines)
                    stream.Frontend.CountLogLine();
                now = Clocks.Nanoseconds(Clocks.REALTIME);
            }
            if (!target.Send(buffer, length, _identity, new ReadOnlySpan<byte>(buffer.StructuredData, structured), level, now))
                stream.Worker.DroppedLogs++;
        }
    }

    /// <summary>Writes the line of a connection that failed before its session began.</summary>
    public void Emit(Connections.ClientConnection client, ReadOnlySpan<byte> what)
    {
        int level = (_options & ProxyOptions.LogSeparateErrors) != 0 ? LevelError : LevelInfo;
        LogBuffer buffer = client.Worker.LogBuffer;
        int length = WriteFailure(client, what, new Span<byte>(buffer.Message, _longest));
        long now = Clocks.Nanoseconds(Clocks.REALTIME);
        foreach (LogTarget target in _targets)
        {
            if (level > target.Config.Level || !target.Samples())
                continue;
            if (!target.Send(buffer, length, _identity, default, level, now))
                client.Worker.DroppedLogs++;
        }
    }

    /// <summary>COMPAT: error-log-format where there is one, also for what never came to a stream.</summary>
    private int WriteFailure(Connections.ClientConnection client, ReadOnlySpan<byte> what, Span<byte> into)
    {
        if (_errorLine is null)
            return ConnectionErrorLine.Write(client, what, into);
        SessionStream stand = client.Worker.SessionStream;
        stand.Attach(client);
        (stand.Cause, stand.Phase, stand.IsFailed) = (TerminationCause.Proxy, TerminationPhase.Request, true);
        stand.SequenceNumber = ++client.Worker.StreamSequence;
        int length = _errorLine.Write(stand, into);
        stand.SequenceNumber = 0;
        (stand.Cause, stand.Phase, stand.IsFailed) = (TerminationCause.None, TerminationPhase.None, false);
        stand.Detach();
        return length;
    }

    /// <summary>The log of a frontend, or null when it has no target. <paramref name="compile"/> turns a log-format string into its
    /// evaluation.</summary>
    public static ProxyLog? Create(
        FrontendState frontend,
        GlobalConfig global,
        Func<LogTargetConfig, LogTarget> open,
        Func<LogFormatConfig, ILogFormat> compile
    )
    {
        ProxyConfig config = frontend.Config;
        LogTarget[] targets = LogTarget.Of(config.Logs, global, open);
        if (targets.Length == 0)
            return null;
        ILogFormat line = config.LogFormat is null ? new ConnectLine(frontend) : compile(config.LogFormat);
        ILogFormat? errorLine = config.ErrorLogFormat is null ? null : compile(config.ErrorLogFormat);
        ILogFormat? structuredData = config.LogFormatSd is null ? null : compile(config.LogFormatSd);
        return new ProxyLog(targets, line, errorLine, structuredData, LogIdentity.Of(config.LogTag, global), config.Options)
        {
            AsksForServerSide = Asks(config.LogFormat) || Asks(config.LogFormatSd),
            CountsLines = Has(config.LogFormat, n => n.Alias?.Name == "lc") || Has(config.LogFormatSd, n => n.Alias?.Name == "lc"),
        };
    }

    private static bool Asks(LogFormatConfig? format) =>
        Has(format, n => ((n.Sample?.Needs ?? n.Alias?.Needs ?? default) & SampleNeeds.Server) != 0);

    private static bool Has(LogFormatConfig? format, Predicate<LogFormatNode> node) => format is not null && format.Nodes.Exists(node);
}
