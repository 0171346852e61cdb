// What every line of a log says of its sender: host name, tag, process.
using System;
using System.Globalization;
using Baton.Configuration.Model;
using Baton.Interop.Linux;

namespace Baton.Engine.Logs.Senders;

/// <summary>The parts of a header that do not change from line to line.</summary>
/// <param name="Tag">log-tag, or the program's name.</param>
/// <param name="HostName">log-send-hostname's name; empty when it is not to be sent.</param>
public sealed record LogIdentity(byte[] Tag, byte[] HostName)
{
    /// <summary>This process's number.</summary>
    public byte[] Pid { get; } = System.Text.Encoding.ASCII.GetBytes(Processes.getpid().ToString(CultureInfo.InvariantCulture));

    /// <summary>Of a proxy with this log-tag, null when it has none of its own.</summary>
    public static LogIdentity Of(string? tag, GlobalConfig global)
    {
        string host =
            global.LogSendHostname is null ? ""
            : global.LogSendHostname.Length > 0 ? global.LogSendHostname
            : Processes.HostName();
        return new LogIdentity(
            Bounded(tag ?? global.LogTag ?? System.IO.Path.GetFileName(Environment.GetCommandLineArgs()[0])),
            Bounded(host)
        );
    }

    /// <summary>Cut to what a header has room for (RFC 5424 allows 255 bytes of host name and 48 of tag).</summary>
    private static byte[] Bounded(string text)
    {
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(text);
        return bytes.Length > 255 ? bytes[..255] : bytes;
    }
}
