// What happens to a proxy itself (stopped, paused, resumed), told where its traffic is logged. Rare: it may allocate.
// SAFETY: the buffer is this call's own and freed at its end; the text is cut below MaxMessage.
using System;
using System.Collections.Generic;
using System.Text;
using Baton.Configuration.Model;
using Baton.Interop.Linux;

namespace Baton.Engine.Logs.Senders;

/// <summary>Any thread.</summary>
public sealed unsafe class NoticeLog
{
    /// <summary>Syslog severities.</summary>
    public const int LevelEmergency = 0,
        LevelAlert = 1,
        LevelWarning = 4,
        LevelNotice = 5;

    private readonly LogTarget[] _targets;
    private readonly string? _tag;
    private readonly GlobalConfig _global;

    private NoticeLog(LogTarget[] targets, string? tag, GlobalConfig global) => (_targets, _tag, _global) = (targets, tag, global);

    /// <summary>Null when there is no target.</summary>
    public static NoticeLog? Create(List<LogTargetConfig> lines, string? tag, GlobalConfig global, Func<LogTargetConfig, LogTarget> open)
    {
        LogTarget[] targets = LogTarget.Of(lines, global, open);
        return targets.Length == 0 ? null : new NoticeLog(targets, tag, global);
    }

    public void Write(int level, string text)
    {
        LogIdentity who = LogIdentity.Of(_tag, _global);
        var buffer = new LogBuffer();
        int length = Encoding.UTF8.GetBytes(text, new Span<byte>(buffer.Message, LogBuffer.MaxMessage - 1));
        long now = Clocks.Nanoseconds(Clocks.REALTIME);
        foreach (LogTarget target in _targets)
            if (level <= target.Config.Level && target.Samples())
                target.Send(buffer, length, who, default, level, now);
        buffer.Free();
    }
}
